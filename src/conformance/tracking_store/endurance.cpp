#include "conformance/endurance.h"

#include "conformance/tracking_store/checks.h"

namespace millrace::conformance {
namespace {

// One of the calls that a training job or a page makes, in turn. The data that they leave stays small.
void usual_call(const StoreWords& store, const std::string& experiment, const std::string& run, int number) {
  switch (number % 5) {
    case 0:
      return store.metric(run, "m", number % 50, number % 50);
    case 1:
      return store.tag(run, "progress", std::to_string(number));
    case 2:
      store.find_run(run);
      return;
    case 3:
      store.search(experiment, "metrics.m >= 0", {"metrics.m DESC"}, 10);
      return;
    default:
      store.history(run, "m");
  }
}

// A client that asks for what is not there must not cost anything either.
void failing_call(const StoreWords& store) {
  require_error([&] { store.find_run(kUnknownRun); }, ErrorCode::kResourceDoesNotExist,
                "finding an unknown run");
}

void calls_leave_memory(TrackingStoreSubject& subject, const Effort& effort) {
  const StoreWords store(subject.open_new());
  const std::string experiment = store.experiment("e"), run = store.run(experiment);
  require_flat_memory(subject, effort.of(10'000, 500), [&](int number) {
    if (number % 50 == 0) failing_call(store);
    usual_call(store, experiment, run, number);
  });
}

void calls_leave_no_descriptors(TrackingStoreSubject& subject, const Effort& effort) {
  const StoreWords store(subject.open_new());
  const std::string experiment = store.experiment("e"), run = store.run(experiment);
  require_flat_descriptors(subject, effort.of(1000, 200),
                           [&](int number) { usual_call(store, experiment, run, number); });
}

}  // namespace

std::vector<TrackingStoreCheck> store_endurance_checks() {
  return {
      {Theme::kEndurance, "10,000 calls leave memory as it was", calls_leave_memory},
      {Theme::kEndurance, "1,000 calls leave no descriptor open", calls_leave_no_descriptors},
  };
}

}  // namespace millrace::conformance
