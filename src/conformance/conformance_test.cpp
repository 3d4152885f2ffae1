// The kits against every built-in, and against spoiled ones, which each check must find out.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>

#include "base/capability.h"
#include "conformance/kits.h"
#include "conformance/runner.h"
#include "conformance/testing/built_in.h"
#include "conformance/testing/defects.h"
#include "conformance/testing/subjects.h"
#include "millrace/v1/plugin/artifact_repository.gen.h"
#include "millrace/v1/plugin/registry_store.gen.h"
#include "millrace/v1/plugin/tracking_store.gen.h"

using namespace millrace;
using namespace millrace::conformance;
using namespace millrace::conformance::testing;

namespace {

const Capabilities kStoreCapabilities{"metric_sampling", "metric_deletion", "datasets", "logged_models"};
const Capabilities kRegistryCapabilities{"stages", "webhooks"};
const Capabilities kRepositoryCapabilities{"multipart", "ranges"};
constexpr const char* kOfOtherCapabilities = "operations of other capabilities answer NOT_IMPLEMENTED";

constexpr double kScale = kSanitized ? 0.05 : 1;

KitOptions options_for_tests() {
  KitOptions options;
  options.effort.scale = kScale;
  options.on_result = [](const Result& result) {
    if (std::getenv("MILLRACE_KIT_VERBOSE") == nullptr) return;
    ReportPrinter(std::cout).print(result);
  };
  return options;
}

// What failed and, but for what is expected to be skipped, what was skipped; "" is as it should be.
std::string complaints(const Report& report, const std::set<std::string>& may_be_skipped = {}) {
  std::string text;
  for (const Result& result : report.results()) {
    const bool skipped = result.verdict == Verdict::kNotApplicable;
    if (result.verdict == Verdict::kPassed || (skipped && may_be_skipped.contains(result.check))) continue;
    text += result.check + (skipped ? " (skipped)" : "") + ": " + result.reason + "\n";
  }
  return text;
}

template <typename Interface, typename Functions>
SubjectFactory<Interface> in_child(const Kit<Interface>& kit, const std::string& defect,
                                   const Capabilities& capabilities) {
  return [kind = kit.kind, defect, capabilities] {
    return std::make_shared<ChildSubject<Interface, Functions>>(kind, defect, capabilities);
  };
}

SubjectFactory<TrackingStore> store_in_child(const std::string& defect = "") {
  return in_child<TrackingStore, StoreOfFunctions>(tracking_store_kit(), defect, kStoreCapabilities);
}

SubjectFactory<RegistryStore> registry_in_child(const std::string& defect = "") {
  return in_child<RegistryStore, RegistryOfFunctions>(registry_store_kit(), defect, kRegistryCapabilities);
}

SubjectFactory<ArtifactRepository> repository_in_child(const std::string& defect = "") {
  return in_child<ArtifactRepository, RepositoryOfFunctions>(artifact_repository_kit(), defect,
                                                             kRepositoryCapabilities);
}

template <typename Interface>
SubjectFactory<Interface> in_process(typename InProcessSubject<Interface>::Open open,
                                     const Capabilities& capabilities) {
  return [open, capabilities] { return std::make_shared<InProcessSubject<Interface>>(open, capabilities); };
}

// Checks that look at memory, which cannot be told under sanitizers.
std::set<std::string> blind_under_sanitizers() {
  if (!kSanitized) return {};
  return {"10,000 calls leave memory as it was", "an upload of 64 MiB is not held in memory",
          "a download of 64 MiB is not held in memory and comes back whole"};
}

// How often a check may look again: threads that get in each other's way need not do so every time.
int luck_of(Theme theme) {
  return theme == Theme::kConcurrency ? 9 : 0;
}

// The checks that do not find their defect, or have none.
template <typename Interface, typename Functions, typename Spoiled>
std::string blind_checks(const Kit<Interface>& kit, const std::vector<Defect<Functions>>& defects,
                         Spoiled spoiled) {
  std::string text;
  for (const Check<Interface>& check : kit.checks) {
    Kit<Interface> alone{kit.kind, {check}};
    const auto defect = std::find_if(defects.begin(), defects.end(),
                                     [&](const auto& one) { return one.check == check.name; });
    if (defect == defects.end()) text += check.name + ": has no defect to find\n";
    KitOptions options = options_for_tests();
    options.effort.scale = std::min(kScale, 0.1);  // a defect that is there all the time needs no long search
    Result result = run_kit<Interface>(alone, spoiled(check), options).results().at(0);
    for (int again = 0; again < luck_of(check.theme) && result.verdict == Verdict::kPassed; ++again)
      result = run_kit<Interface>(alone, spoiled(check), options).results().at(0);
    if (result.verdict == Verdict::kFailed || blind_under_sanitizers().contains(check.name)) continue;
    text += check.name + ": does not find its defect; " + result.reason + "\n";
  }
  return text;
}

bool needs_a_process(Theme theme) {
  return theme != Theme::kCorrectness && theme != Theme::kConcurrency;
}

}  // namespace

TEST_CASE("the SQLite store passes every check in a process of its own") {
  CHECK(complaints(run_kit(tracking_store_kit(), store_in_child(), options_for_tests()),
                   {kOfOtherCapabilities}) == "");
}

TEST_CASE("the SQLite store passes the checks of concurrency in this process") {
  KitOptions options = options_for_tests();
  options.themes = {Theme::kConcurrency};
  const auto subject = in_process<TrackingStore>(open_sqlite_store, kStoreCapabilities);
  CHECK(complaints(run_kit(tracking_store_kit(), subject, options)) == "");
}

TEST_CASE("the SQLite registry passes every check in a process of its own") {
  CHECK(complaints(run_kit(registry_store_kit(), registry_in_child(), options_for_tests())) == "");
}

TEST_CASE("the SQLite registry passes the checks of concurrency in this process") {
  KitOptions options = options_for_tests();
  options.themes = {Theme::kConcurrency};
  const auto subject = in_process<RegistryStore>(open_sqlite_registry, kRegistryCapabilities);
  CHECK(complaints(run_kit(registry_store_kit(), subject, options)) == "");
}

TEST_CASE("the local repository passes every check in a process of its own") {
  CHECK(complaints(run_kit(artifact_repository_kit(), repository_in_child(), options_for_tests())) == "");
}

TEST_CASE("the local repository passes the checks of concurrency in this process") {
  KitOptions options = options_for_tests();
  options.themes = {Theme::kConcurrency};
  const auto subject = in_process<ArtifactRepository>(open_local_repository, kRepositoryCapabilities);
  CHECK(complaints(run_kit(artifact_repository_kit(), subject, options)) == "");
}

TEST_CASE("a store without capabilities passes, and what it lacks is reported as skipped") {
  const auto open = [](const std::string& folder) -> std::shared_ptr<TrackingStore> {
    auto store = open_store_with_defect(folder, "");
    store->on_sample_metric_history = [](const auto&, const auto&) -> v1::plugin::MetricSamples {
      throw_missing_capability("TrackingStore", "metric_sampling");
    };
    return store;
  };
  KitOptions options = options_for_tests();
  options.containing = "sample";
  const Report report = run_kit(tracking_store_kit(), in_process<TrackingStore>(open, {}), options);
  CHECK(report.count(Verdict::kNotApplicable) == 2);
  CHECK(report.results().at(0).reason == "the capability 'metric_sampling' is not declared");
}

TEST_CASE("what a subject cannot do is reported as skipped with the reason") {
  KitOptions options = options_for_tests();
  options.themes = {Theme::kCrash};
  options.containing = "killed";
  const auto subject = in_process<TrackingStore>(open_sqlite_store, kStoreCapabilities);
  const Report report = run_kit(tracking_store_kit(), subject, options);
  REQUIRE(report.results().size() == 1);
  CHECK(report.results()[0].verdict == Verdict::kNotApplicable);
  CHECK(report.results()[0].reason.find("cannot be killed") != std::string::npos);
  CHECK(report.exit_status() == 1);
}

TEST_CASE("every check of the kit for tracking stores finds a defect") {
  const auto spoiled = [](const Check<TrackingStore>& check) {
    if (needs_a_process(check.theme)) return store_in_child(check.name);
    const Capabilities declared = check.name == kOfOtherCapabilities ? Capabilities{} : kStoreCapabilities;
    return in_process<TrackingStore>(
        [name = check.name](const std::string& folder) { return open_store_with_defect(folder, name); },
        declared);
  };
  CHECK(blind_checks(tracking_store_kit(), store_defects(), spoiled) == "");
}

TEST_CASE("every check of the kit for registry stores finds a defect") {
  const auto spoiled = [](const Check<RegistryStore>& check) {
    if (needs_a_process(check.theme)) return registry_in_child(check.name);
    return in_process<RegistryStore>(
        [name = check.name](const std::string& folder) { return open_registry_with_defect(folder, name); },
        kRegistryCapabilities);
  };
  CHECK(blind_checks(registry_store_kit(), registry_defects(), spoiled) == "");
}

TEST_CASE("every check of the kit for artifact repositories finds a defect") {
  const auto spoiled = [](const Check<ArtifactRepository>& check) {
    if (needs_a_process(check.theme)) return repository_in_child(check.name);
    return in_process<ArtifactRepository>(
        [name = check.name](const std::string& folder) { return open_repository_with_defect(folder, name); },
        kRepositoryCapabilities);
  };
  CHECK(blind_checks(artifact_repository_kit(), repository_defects(), spoiled) == "");
}

TEST_CASE("names of checks are unique and every defect has a check") {
  std::map<std::string, int> names;
  for (const auto& check : tracking_store_kit().checks) ++names["store: " + check.name];
  for (const auto& check : registry_store_kit().checks) ++names["registry: " + check.name];
  for (const auto& check : artifact_repository_kit().checks) ++names["repository: " + check.name];
  for (const auto& [name, count] : names) CHECK_MESSAGE(count == 1, name);
  for (const auto& defect : store_defects())
    CHECK_MESSAGE(names.contains("store: " + defect.check), defect.check);
  for (const auto& defect : registry_defects())
    CHECK_MESSAGE(names.contains("registry: " + defect.check), defect.check);
  for (const auto& defect : repository_defects())
    CHECK_MESSAGE(names.contains("repository: " + defect.check), defect.check);
}
