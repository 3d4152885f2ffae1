#include <atomic>

#include "conformance/crew.h"
#include "conformance/tracking_store/checks.h"

namespace millrace::conformance {
namespace {

constexpr int kCrew = 16;
const CallContext kContext;

bool wins(const StoreWords& store, const std::string& name) {
  try {
    store.experiment(name);
    return true;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kResourceAlreadyExists) return false;
    throw;
  }
}

void one_creator_of_a_name_wins(TrackingStoreSubject& subject, const Effort& effort) {
  const StoreWords store(subject.open_new());
  for (int round = 0; round < effort.of(10, 3); ++round) {
    const std::string name = "contested " + std::to_string(round);
    std::atomic<int> winners{0};
    all_at_once(kCrew, [&](int) { winners += wins(store, name) ? 1 : 0; });
    require_count(winners, 1, "creators of one name that were told to have made it");
  }
}

void no_point_is_lost(TrackingStoreSubject& subject, const Effort& effort) {
  const StoreWords store(subject.open_new());
  const std::string run = store.run(store.experiment("e"));
  const int each = effort.of(50, 10);
  all_at_once(kCrew, [&](int writer) {
    for (int i = 0; i < each; ++i) store.metric(run, "shared", writer * 1000 + i, i, writer);
  });
  require_count(static_cast<int64_t>(store.history(run, "shared").size()), kCrew * each,
                "points in the history");
  require(latest(store.find_run(run), "shared") == (kCrew - 1) * 1000 + each - 1,
          "the latest value is not that of the greatest step and time");
}

void no_batch_is_lost(TrackingStoreSubject& subject, const Effort& effort) {
  const StoreWords store(subject.open_new());
  const std::string run = store.run(store.experiment("e"));
  const int each = effort.of(25, 5);
  all_at_once(kCrew, [&](int writer) {
    for (int i = 0; i < each; ++i) {
      const std::string key = std::to_string(writer) + "-" + std::to_string(i);
      v1::plugin::RunDataWrite data = StoreWords::batch(run);
      StoreWords::add_metric(data, key, i);
      StoreWords::add_param(data, key, "x");
      StoreWords::add_tag(data, key, "x");
      store.write(data);
    }
  });
  const v1::Run found = store.find_run(run);
  require_count(found.data().metrics_size(), kCrew * each, "metrics");
  require_count(found.data().params_size(), kCrew * each, "params");
  require_count(found.data().tags_size(), kCrew * each + 1, "tags, the name of the run among them");
}

void one_writer_of_a_param_wins(TrackingStoreSubject& subject, const Effort&) {
  const StoreWords store(subject.open_new());
  const std::string run = store.run(store.experiment("e"));
  std::atomic<int> losers{0};
  all_at_once(kCrew, [&](int writer) {
    v1::plugin::RunDataWrite data = StoreWords::batch(run);
    StoreWords::add_param(data, "p", std::to_string(writer));
    losers += store->write_run_data(kContext, data).conflicts_size();
  });
  require_count(losers, kCrew - 1, "writers of different values that were told of a conflict");
  require_count(store.find_run(run).data().params_size(), 1, "params");
}

void one_tag_is_left(TrackingStoreSubject& subject, const Effort& effort) {
  const StoreWords store(subject.open_new());
  const std::string run = store.run(store.experiment("e"));
  all_at_once(kCrew, [&](int writer) {
    for (int i = 0; i < effort.of(10, 3); ++i) store.tag(run, "t", std::to_string(writer));
  });
  const v1::Run found = store.find_run(run);
  require_count(found.data().tags_size(), 2, "tags, the name of the run among them");
  const int value = std::stoi(tag_of(found, "t"));
  require(value >= 0 && value < kCrew, "the tag has a value that nobody wrote");
}

void write_pairs(const StoreWords& store, const std::string& run, int count) {
  for (int i = 0; i < count; ++i) {
    v1::plugin::RunDataWrite data = StoreWords::batch(run);
    for (const char* key : {"first", "last"}) StoreWords::add_metric(data, key, i, i);
    store.write(data);
  }
}

void require_pair(const StoreWords& store, const std::string& run) {
  const v1::Run found = store.find_run(run);
  if (found.data().metrics().empty()) return;
  require(latest(found, "first") == latest(found, "last"),
          "a reader saw one metric of a batch and not the other");
}

void readers_see_whole_batches(TrackingStoreSubject& subject, const Effort& effort) {
  const StoreWords store(subject.open_new());
  const std::string run = store.run(store.experiment("e"));
  std::atomic<bool> writing{true};
  all_at_once(4, [&](int number) {
    while (number > 0 && writing) require_pair(store, run);
    if (number > 0) return;
    const AtEnd readers_end([&] { writing = false; });
    write_pairs(store, run, effort.of(200, 20));
  });
}

}  // namespace

std::vector<TrackingStoreCheck> store_concurrency_checks() {
  return {
      {Theme::kConcurrency, "one of 16 creators of a name wins", one_creator_of_a_name_wins},
      {Theme::kConcurrency, "16 writers of one metric lose no point", no_point_is_lost},
      {Theme::kConcurrency, "16 writers of one run lose no batch", no_batch_is_lost},
      {Theme::kConcurrency, "one of 16 writers of a param wins and the others are told",
       one_writer_of_a_param_wins},
      {Theme::kConcurrency, "16 writers of a tag leave one of their values", one_tag_is_left},
      {Theme::kConcurrency, "readers see batches whole", readers_see_whole_batches},
  };
}

}  // namespace millrace::conformance
