#include <map>
#include <set>

#include "conformance/interruption.h"
#include "conformance/tracking_store/checks.h"

namespace millrace::conformance {
namespace {

constexpr int kWriters = 4;
constexpr int kBatchesBeforeTheKill = 60;

// A metric, a param and a tag that belong together.
v1::plugin::RunDataWrite numbered_batch(const std::string& run, int number) {
  v1::plugin::RunDataWrite data = StoreWords::batch(run);
  StoreWords::add_metric(data, "m", number, number);
  StoreWords::add_param(data, "p" + std::to_string(number), "x");
  StoreWords::add_tag(data, "t" + std::to_string(number), "x");
  return data;
}

// Which batches of a run are there, told by each of the three things that make them.
struct Traces {
  std::set<int> metrics, params, tags;
};

Traces traces_in(const StoreWords& store, const std::string& run) {
  Traces traces;
  const v1::Run found = store.find_run(run);
  for (const auto& point : store.history(run, "m")) traces.metrics.insert(static_cast<int>(point.step()));
  for (const auto& param : found.data().params()) traces.params.insert(std::stoi(param.key().substr(1)));
  for (const auto& tag : found.data().tags()) {
    if (tag.key() != "mlflow.runName") traces.tags.insert(std::stoi(tag.key().substr(1)));
  }
  return traces;
}

// Number of batches that were acknowledged for each run, numbered from 0.
using Acknowledged = std::map<std::string, int>;

// Kills the store while each of the writers writes to a run of its own.
Acknowledged interrupt(TrackingStoreSubject& subject, const StoreWords& store,
                       const std::string& experiment) {
  Ids runs;
  std::vector<int> counts(kWriters);
  for (int i = 0; i < kWriters; ++i) runs.push_back(store.run(experiment));
  kill_in_mid_write(subject, kWriters, kBatchesBeforeTheKill, [&](int writer, int count) {
    store.write(numbered_batch(runs.at(static_cast<size_t>(writer)), count));
    counts.at(static_cast<size_t>(writer)) = count + 1;
  });
  Acknowledged acknowledged;
  for (size_t i = 0; i < runs.size(); ++i) acknowledged[runs[i]] = counts[i];
  return acknowledged;
}

// Kills the store several times, opening it again each time, and looks at what each life left.
void over_several_kills(
    TrackingStoreSubject& subject, const Effort& effort,
    const std::function<void(const StoreWords&, const std::string& run, int acknowledged)>& look) {
  auto store = std::make_unique<StoreWords>(subject.open_new());
  const std::string experiment = store->experiment("e");
  for (int kill = 0; kill < effort.of(6, 2); ++kill) {
    const Acknowledged acknowledged = interrupt(subject, *store, experiment);
    store = std::make_unique<StoreWords>(subject.reopen());
    for (const auto& [run, count] : acknowledged) look(*store, run, count);
  }
}

void acknowledged_batches_survive(TrackingStoreSubject& subject, const Effort& effort) {
  over_several_kills(subject, effort, [](const StoreWords& store, const std::string& run, int acknowledged) {
    const Traces traces = traces_in(store, run);
    for (int number = 0; number < acknowledged; ++number) {
      require(
          traces.metrics.contains(number) && traces.params.contains(number) && traces.tags.contains(number),
          "batch " + std::to_string(number) + " of " + std::to_string(acknowledged) +
              " that were acknowledged is lost");
    }
  });
}

void interrupted_batches_are_whole(TrackingStoreSubject& subject, const Effort& effort) {
  over_several_kills(subject, effort, [](const StoreWords& store, const std::string& run, int) {
    const Traces traces = traces_in(store, run);
    require(traces.metrics == traces.params && traces.params == traces.tags,
            "a batch is there in part: " + std::to_string(traces.metrics.size()) + " metrics, " +
                std::to_string(traces.params.size()) + " params, " + std::to_string(traces.tags.size()) +
                " tags");
  });
}

void a_killed_store_takes_writes_again(TrackingStoreSubject& subject, const Effort&) {
  std::string experiment;
  {
    const StoreWords store(subject.open_new());
    experiment = store.experiment("e");
    interrupt(subject, store, experiment);
  }
  const StoreWords store(subject.reopen());
  const std::string run = store.run(experiment);
  store.metric(run, "m", 1);
  require(latest(store.find_run(run), "m") == 1, "a metric that was written after a kill is lost");
  require_error([&] { store.experiment("e"); }, ErrorCode::kResourceAlreadyExists,
                "creating the experiment that was there before the kill");
}

}  // namespace

std::vector<TrackingStoreCheck> store_crash_checks() {
  return {
      {Theme::kCrash, "what was acknowledged survives SIGKILL", acknowledged_batches_survive},
      {Theme::kCrash, "a batch that SIGKILL interrupts is kept whole or not at all",
       interrupted_batches_are_whole},
      {Theme::kCrash, "a killed store takes writes again", a_killed_store_takes_writes_again},
  };
}

}  // namespace millrace::conformance
