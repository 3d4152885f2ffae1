// The kits of stores against the built-in ones on PostgreSQL.

#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>

#include "conformance/kits.h"
#include "conformance/runner.h"
#include "conformance/testing/built_in.h"
#include "conformance/testing/postgres_server.h"
#include "conformance/testing/subjects.h"

using namespace millrace;
using namespace millrace::conformance;
using namespace millrace::conformance::testing;

namespace {

const Capabilities kStoreCapabilities{"metric_sampling", "metric_deletion", "datasets", "logged_models"};
const Capabilities kRegistryCapabilities{"stages", "webhooks"};

// A server for the length of a test case, which the processes of subjects find in their environment.
class ServerInEnvironment {
 public:
  ServerInEnvironment() { setenv("MILLRACE_TEST_POSTGRES", server_.uri().c_str(), 1); }
  ~ServerInEnvironment() { unsetenv("MILLRACE_TEST_POSTGRES"); }

 private:
  PostgresServer server_;
};

// A process of ours can be killed; the disk and the permissions are the server's.
template <typename Interface, typename Functions>
class PostgresSubject : public ChildSubject<Interface, Functions> {
 public:
  using ChildSubject<Interface, Functions>::ChildSubject;
  void deny(Denial) override { throw NotApplicable("its data is another process's"); }
  void permit() override {}
};

KitOptions options_for_tests() {
  KitOptions options;
  options.effort.scale = kSanitized ? 0.05 : 1;
  options.on_result = [](const Result& result) {
    if (std::getenv("MILLRACE_KIT_VERBOSE") != nullptr) ReportPrinter(std::cout).print(result);
  };
  return options;
}

// What failed, and what was skipped for another reason than that of the subject or of what it declares.
std::string complaints(const Report& report) {
  std::string text;
  for (const Result& result : report.results()) {
    const bool expected =
        result.reason == "its data is another process's" || result.reason == "every capability is declared";
    if (result.verdict == Verdict::kPassed || (result.verdict == Verdict::kNotApplicable && expected))
      continue;
    text += result.check + ": " + result.reason + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("the store on PostgreSQL passes every check in a process of its own") {
  const ServerInEnvironment server;
  const auto subject = [] {
    return std::make_shared<PostgresSubject<TrackingStore, StoreOfFunctions>>("postgres_tracking_store", "",
                                                                              kStoreCapabilities);
  };
  const Report report = run_kit<TrackingStore>(tracking_store_kit(), subject, options_for_tests());
  CHECK(complaints(report) == "");
  CHECK(report.count(Verdict::kPassed) > 50);
}

TEST_CASE("the registry on PostgreSQL passes every check in a process of its own") {
  const ServerInEnvironment server;
  const auto subject = [] {
    return std::make_shared<PostgresSubject<RegistryStore, RegistryOfFunctions>>("postgres_registry_store",
                                                                                 "", kRegistryCapabilities);
  };
  const Report report = run_kit<RegistryStore>(registry_store_kit(), subject, options_for_tests());
  CHECK(complaints(report) == "");
  CHECK(report.count(Verdict::kPassed) > 20);
}

TEST_CASE("the stores on PostgreSQL pass the checks of concurrency in this process") {
  const ServerInEnvironment server;
  KitOptions options = options_for_tests();
  options.themes = {Theme::kConcurrency};
  const auto store = [] {
    return std::make_shared<InProcessSubject<TrackingStore>>(open_postgres_store, kStoreCapabilities);
  };
  const auto registry = [] {
    return std::make_shared<InProcessSubject<RegistryStore>>(open_postgres_registry, kRegistryCapabilities);
  };
  CHECK(complaints(run_kit<TrackingStore>(tracking_store_kit(), store, options)) == "");
  CHECK(complaints(run_kit<RegistryStore>(registry_store_kit(), registry, options)) == "");
}
