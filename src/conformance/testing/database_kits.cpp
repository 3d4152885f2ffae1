#include "conformance/testing/database_kits.h"

#include <cstdlib>
#include <iostream>

#include "conformance/kits.h"
#include "conformance/runner.h"
#include "conformance/testing/built_in.h"
#include "conformance/testing/subjects.h"

namespace millrace::conformance::testing {
namespace {

constexpr const char* kOfAnother = "its data is another process's";

const Capabilities kStoreCapabilities{"metric_sampling", "metric_deletion", "datasets", "logged_models"};
const Capabilities kRegistryCapabilities{"stages", "webhooks"};

template <typename Interface, typename Functions>
class RemoteSubject : public ChildSubject<Interface, Functions> {
 public:
  using ChildSubject<Interface, Functions>::ChildSubject;
  void deny(Denial) override { throw NotApplicable(kOfAnother); }
  void permit() override {}
};

KitOptions options_for_tests(double effort) {
  KitOptions options;
  options.effort.scale = kSanitized ? 0.05 : effort;
  options.on_result = [](const Result& result) {
    if (std::getenv("MILLRACE_KIT_VERBOSE") != nullptr) ReportPrinter(std::cout).print(result);
  };
  return options;
}

KitOutcome outcome_of(const Report& report) {
  KitOutcome outcome;
  outcome.passed = static_cast<int>(report.count(Verdict::kPassed));
  for (const Result& result : report.results()) {
    const bool expected = result.reason == kOfAnother || result.reason == "every capability is declared";
    if (result.verdict == Verdict::kPassed || (result.verdict == Verdict::kNotApplicable && expected))
      continue;
    outcome.complaints += result.check + ": " + result.reason + "\n";
  }
  return outcome;
}

}  // namespace

ServerInEnvironment::ServerInEnvironment(const std::string& uri) {
  setenv(kRemoteDatabase, uri.c_str(), 1);
}

ServerInEnvironment::~ServerInEnvironment() {
  unsetenv(kRemoteDatabase);
}

KitOutcome check_remote_store(double effort) {
  const auto subject = [] {
    return std::make_shared<RemoteSubject<TrackingStore, StoreOfFunctions>>("remote_tracking_store", "",
                                                                            kStoreCapabilities);
  };
  return outcome_of(run_kit<TrackingStore>(tracking_store_kit(), subject, options_for_tests(effort)));
}

KitOutcome check_remote_registry(double effort) {
  const auto subject = [] {
    return std::make_shared<RemoteSubject<RegistryStore, RegistryOfFunctions>>("remote_registry_store", "",
                                                                               kRegistryCapabilities);
  };
  return outcome_of(run_kit<RegistryStore>(registry_store_kit(), subject, options_for_tests(effort)));
}

KitOutcome check_concurrency_of_remote_stores(double effort) {
  KitOptions options = options_for_tests(effort);
  options.themes = {Theme::kConcurrency};
  const auto store = [] {
    return std::make_shared<InProcessSubject<TrackingStore>>(open_remote_store, kStoreCapabilities);
  };
  const auto registry = [] {
    return std::make_shared<InProcessSubject<RegistryStore>>(open_remote_registry, kRegistryCapabilities);
  };
  KitOutcome outcome = outcome_of(run_kit<TrackingStore>(tracking_store_kit(), store, options));
  const KitOutcome second = outcome_of(run_kit<RegistryStore>(registry_store_kit(), registry, options));
  outcome.passed += second.passed;
  outcome.complaints += second.complaints;
  return outcome;
}

}  // namespace millrace::conformance::testing
