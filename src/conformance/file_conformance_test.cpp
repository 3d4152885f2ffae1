// The kits of stores against the built-in ones on folders in MLflow's layout.

#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>

#include "conformance/kits.h"
#include "conformance/runner.h"
#include "conformance/testing/built_in.h"
#include "conformance/testing/subjects.h"

using namespace millrace;
using namespace millrace::conformance;
using namespace millrace::conformance::testing;

namespace {

const Capabilities kStoreCapabilities{"metric_sampling", "metric_deletion", "datasets", "logged_models"};
const Capabilities kRegistryCapabilities{"stages"};

KitOptions options_for_tests() {
  KitOptions options;
  options.effort.scale = kSanitized ? 0.05 : 0.3;
  options.on_result = [](const Result& result) {
    if (std::getenv("MILLRACE_KIT_VERBOSE") != nullptr) ReportPrinter(std::cout).print(result);
  };
  return options;
}

std::string complaints(const Report& report) {
  std::string text;
  for (const Result& result : report.results()) {
    if (result.verdict == Verdict::kFailed) text += result.check + ": " + result.reason + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("the store on files passes every check in a process of its own") {
  const auto subject = [] {
    return std::make_shared<ChildSubject<TrackingStore, StoreOfFunctions>>("file_tracking_store", "",
                                                                           kStoreCapabilities);
  };
  const Report report = run_kit<TrackingStore>(tracking_store_kit(), subject, options_for_tests());
  CHECK(complaints(report) == "");
  CHECK(report.count(Verdict::kPassed) > 50);
}

TEST_CASE("the registry on files passes every check in a process of its own") {
  const auto subject = [] {
    return std::make_shared<ChildSubject<RegistryStore, RegistryOfFunctions>>("file_registry_store", "",
                                                                              kRegistryCapabilities);
  };
  const Report report = run_kit<RegistryStore>(registry_store_kit(), subject, options_for_tests());
  CHECK(complaints(report) == "");
  CHECK(report.count(Verdict::kPassed) > 20);
}
