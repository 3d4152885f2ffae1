#include <chrono>
#include <filesystem>
#include <thread>

#include "conformance/testing/built_in.h"
#include "conformance/testing/defects.h"
#include "conformance/testing/faults.h"

namespace millrace::conformance::testing {
namespace {

using Store = StoreOfFunctions;
using v1::plugin::RunDataOutcome;
using v1::plugin::RunDataWrite;

// Takes every 40th write for done without doing it.
void lose_some_writes(Store& store) {
  const auto count = std::make_shared<std::atomic<int>>(0);
  instead(store.on_write_run_data,
          [count](const auto& next, const CallContext& context, const RunDataWrite& data) {
            return ++*count % 40 == 0 ? RunDataOutcome() : next(context, data);
          });
}

void add_tags_instead_of_replacing(Store& store) {
  const auto count = std::make_shared<std::atomic<int>>(0);
  before(store.on_write_run_data, [count](RunDataWrite& data) {
    for (auto& tag : *data.mutable_tags()) tag.set_key(tag.key() + std::to_string(++*count));
  });
}

// Keeps one metric now and everything else a moment later.
void write_in_two_steps(Store& store) {
  instead(store.on_write_run_data,
          [](const auto& next, const CallContext& context, const RunDataWrite& data) {
            RunDataWrite first;
            first.set_run_id(data.run_id());
            if (!data.metrics().empty()) *first.add_metrics() = data.metrics(0);
            next(context, first);
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            return next(context, data);
          });
}

// Acknowledges and keeps nothing, as a cache that is never written back.
void keep_writes_in_memory(Store& store) {
  store.on_write_run_data = [](const auto&, const auto&) { return RunDataOutcome(); };
}

void stay_locked(Store& store, const std::string& folder) {
  if (!was_locked(folder)) return;
  before(store.on_write_run_data, [](const auto&) {
    throw Error(ErrorCode::kTemporarilyUnavailable, "another process has the store");
  });
}

// When the data cannot be opened, an empty store comes in its place.
std::shared_ptr<TrackingStore> open_any(const std::string& folder) {
  try {
    return open_sqlite_store(folder);
  } catch (const Error&) {
    std::filesystem::create_directory(folder + "-empty");
    return open_sqlite_store(folder + "-empty");
  }
}

}  // namespace

std::vector<StoreDefect> stress_defects() {
  return {
      {"a write on a full disk is refused",
       [](Store& store, auto&) { hide_errors(store.on_write_run_data, [] { return RunDataOutcome(); }); }},
      {"a full disk loses nothing that was acknowledged",
       [](Store& store, auto&) { keep_writes_in_memory(store); }},
      {"a store takes writes again once there is space",
       [](Store& store, auto&) { break_for_good(store.on_write_run_data); }},
      {"a store that may not see its data answers an error", nullptr, open_any},
      {"one of 16 creators of a name wins", [](Store& store, auto&) { share_names(store); }},
      {"16 writers of one metric lose no point", [](Store& store, auto&) { lose_some_writes(store); }},
      {"16 writers of one run lose no batch", [](Store& store, auto&) { lose_some_writes(store); }},
      {"one of 16 writers of a param wins and the others are told",
       [](Store& store, auto&) {
         after(store.on_write_run_data,
               [](RunDataOutcome& outcome, const auto&) { outcome.clear_conflicts(); });
       }},
      {"16 writers of a tag leave one of their values",
       [](Store& store, auto&) { add_tags_instead_of_replacing(store); }},
      {"readers see batches whole", [](Store& store, auto&) { write_in_two_steps(store); }},
      {"10,000 calls leave memory as it was",
       [](Store& store, auto&) { before(store.on_get_run, [](const auto&) { leak_memory(); }); }},
      {"1,000 calls leave no descriptor open",
       [](Store& store, auto&) { before(store.on_get_run, [](const auto&) { leak_descriptor(); }); }},
      {"what was acknowledged survives SIGKILL", [](Store& store, auto&) { keep_writes_in_memory(store); }},
      {"a batch that SIGKILL interrupts is kept whole or not at all",
       [](Store& store, auto&) { write_in_two_steps(store); }},
      {"a killed store takes writes again", stay_locked},
  };
}

std::vector<StoreDefect> store_defects() {
  std::vector<StoreDefect> all;
  for (auto* part : {experiment_defects, run_defects, metric_defects, search_defects, capability_defects,
                     stress_defects}) {
    for (StoreDefect& defect : part()) all.push_back(std::move(defect));
  }
  return all;
}

}  // namespace millrace::conformance::testing
