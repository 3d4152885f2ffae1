#include "conformance/tracking_store/checks.h"

namespace millrace::conformance {
namespace {

void a_full_disk_refuses(TrackingStoreSubject& subject, const Effort&) {
  const StoreWords store(subject.open_new());
  const std::string run = store.run(store.experiment("e"));
  subject.deny(Denial::kSpace);
  require_refusal([&] { store.metric(run, "m", 1); }, "a metric on a full disk");
  require_refusal([&] { store.param(run, "p", std::string(6000, 'x')); }, "a param on a full disk");
  require_refusal([&] { store.experiment("another"); }, "an experiment on a full disk");
  require_refusal([&] { store.finish(run, 9); }, "the end of a run on a full disk");
}

void a_full_disk_loses_nothing(TrackingStoreSubject& subject, const Effort&) {
  std::string run;
  {
    const StoreWords store(subject.open_new());
    run = store.run(store.experiment("e"));
    for (int i = 0; i < 20; ++i) store.metric(run, "m", i, i);
    subject.deny(Denial::kSpace);
    require_refusal([&] { store.metric(run, "m", 20, 20); }, "a metric on a full disk");
    subject.permit();
  }
  const auto points = StoreWords(subject.reopen()).history(run, "m");
  require(points.size() >= 20,
          "of 20 points before the disk was full " + std::to_string(points.size()) + " are left");
}

void space_makes_it_work_again(TrackingStoreSubject& subject, const Effort&) {
  const StoreWords store(subject.open_new());
  const std::string run = store.run(store.experiment("e"));
  subject.deny(Denial::kSpace);
  require_refusal([&] { store.metric(run, "m", 1); }, "a metric on a full disk");
  subject.permit();
  store.metric(run, "m", 2, 1);
  require(latest(store.find_run(run), "m") == 2,
          "a metric that was written after there was space again is lost");
}

void denied_data_is_an_error(TrackingStoreSubject& subject, const Effort&) {
  std::string experiment, run;
  {
    const StoreWords store(subject.open_new());
    experiment = store.experiment("e");
    run = store.run(experiment);
  }
  subject.deny(Denial::kAccess);
  const auto code = require_refusal([&] { StoreWords(subject.reopen()).find_run(run); },
                                    "finding a run without permission");
  require(code != ErrorCode::kResourceDoesNotExist, "a run that may not be read is told not to exist");
  require_refusal([&] { StoreWords(subject.reopen()).search(experiment, ""); },
                  "a search without permission");
}

}  // namespace

std::vector<TrackingStoreCheck> store_refusal_checks() {
  return {
      {Theme::kRefusal, "a write on a full disk is refused", a_full_disk_refuses},
      {Theme::kRefusal, "a full disk loses nothing that was acknowledged", a_full_disk_loses_nothing},
      {Theme::kRefusal, "a store takes writes again once there is space", space_makes_it_work_again},
      {Theme::kRefusal, "a store that may not see its data answers an error", denied_data_is_an_error},
  };
}

}  // namespace millrace::conformance
