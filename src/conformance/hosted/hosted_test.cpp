#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "base/descriptor.h"
#include "base/error.h"
#include "conformance/hosted/denial.h"
#include "conformance/hosted/hosted_instances.h"
#include "conformance/hosted/hosted_kits.h"
#include "conformance/hosted/plugin_test.h"
#include "conformance/subject.h"
#include "plugin/test_folder.h"

using namespace millrace;
using namespace millrace::conformance;

namespace {

const std::filesystem::path kShelf = std::filesystem::path(MILLRACE_EXAMPLE_PLUGINS) / "shelf";

HostedTarget shelf_target(const std::filesystem::path& scratch, bool in_process = false) {
  HostedTarget target;
  target.plugin = std::make_shared<HostedPlugin>(plugin::read_manifest(kShelf), in_process, scratch);
  target.kind = plugin::Kind::kArtifactRepository;
  target.name = "shelf";
  target.environment = plugin::process_environment();
  return target;
}

std::string reason_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const NotApplicable& reason) {
    return reason.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a scheme is tested at the URI of its table, or at the folder of the test") {
  CHECK(test_uri("", "oss") == "oss:{folder}");
  CHECK(test_uri("oss://b{folder}", "oss") == "oss://b{folder}");
  CHECK(test_uri("OSS://b{folder}", "oss") == "OSS://b{folder}");
  CHECK(test_uri("mssql+pyodbc://h", "mssql") == "mssql+pyodbc://h");
  CHECK(test_uri("oss://b{folder}", "s3") == "s3://b{folder}");
}

TEST_CASE("settings of the test count before the operator's and have the folder filled in") {
  const plugin::TestFolder scratch;
  HostedTarget target = shelf_target(scratch.path());
  target.test.uri = "shelf:{folder}/artifacts";
  CHECK(target.opening("/data").uri == "shelf:/data/artifacts");
  CHECK(target.filled("{plugin}:{folder}:{folder}:{other}", "/d") == kShelf.string() + ":/d:/d:{other}");
  target.settings.emplace("key", Secret(std::string_view("x")));
  CHECK(plugin::contains(plugin::message_of([&] { target.opening("/data"); }), "no setting 'key'"));
}

TEST_CASE("every kind that has a kit is found by it") {
  CHECK(find_hosted_kit(plugin::Kind::kTrackingStore)->leave_trace);
  CHECK_FALSE(find_hosted_kit(plugin::Kind::kRunContext)->leave_trace);
}

TEST_CASE("a process goes from one check to the next until it is killed or dies") {
  const plugin::TestFolder scratch;
  const auto target = std::make_shared<HostedTarget>(shelf_target(scratch.path()));
  const auto process = target->plugin->take();
  const pid_t id = process->session()->process().pid();
  target->plugin->give_back(process);
  {
    HostedInstances check(target);
    check.open_new();
    CHECK(check.footprint().memory_bytes > 0);
  }
  const auto again = target->plugin->take();
  CHECK(again->process_id() == id);
  again->kill();
  CHECK_FALSE(again->process_id().has_value());
  target->plugin->give_back(again);
  CHECK(target->plugin->take() != again);
}

TEST_CASE("what is opened again has a process of its own, and each new one a folder of its own") {
  const plugin::TestFolder scratch;
  const auto target = std::make_shared<HostedTarget>(shelf_target(scratch.path()));
  {
    HostedInstances check(target);
    check.open_new();
    const auto first = check.folder();
    const auto one = check.footprint().descriptors;
    check.reopen();
    CHECK(check.footprint().descriptors > one);
    check.open_new();
    CHECK(check.folder() != first);
    check.kill();
    CHECK_THROWS_AS(check.footprint(), NotApplicable);
    check.reopen();
    CHECK(check.footprint().memory_bytes > 0);
  }
  CHECK(std::filesystem::is_empty(scratch.path()));
}

TEST_CASE("a process that ends by itself fails the check") {
  const plugin::TestFolder scratch;
  const auto target = std::make_shared<HostedTarget>(shelf_target(scratch.path()));
  HostedInstances check(target);
  check.open_new();
  // A child of a thread that has just ended may be missed once.
  const auto end_it = [&] {
    for (int i = 0; i < 1000 && reason_of([&] { check.footprint(); }).empty(); ++i) {
      for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream children(entry.path() / "children");
        for (pid_t child = 0; children >> child;) ::kill(child, SIGSEGV);
      }
      usleep(10'000);
    }
  };
  CHECK_THROWS_WITH(check.watch(end_it), doctest::Contains("its process ended in the middle of the check"));
}

TEST_CASE("a plugin that keeps no files is not denied anything, and one in this process neither") {
  const plugin::TestFolder scratch;
  HostedInstances child(std::make_shared<HostedTarget>(shelf_target(scratch.path())));
  child.open_new();
  CHECK(plugin::contains(reason_of([&] { child.deny(Denial::kSpace); }), "keeps no files in the folder"));
  CHECK(plugin::contains(reason_of([&] { child.deny(Denial::kAccess); }), "'deny-access' below"));
  HostedInstances loaded(std::make_shared<HostedTarget>(shelf_target(scratch.path(), true)));
  loaded.open_new();
  for (const auto denial : {Denial::kSpace, Denial::kAccess})
    CHECK(plugin::contains(reason_of([&] { loaded.deny(denial); }), "runs inside this process"));
  CHECK(plugin::contains(reason_of([&] { loaded.kill(); }), "runs inside this process"));
}

TEST_CASE("permissions are not taken while a process holds a file open, and come back") {
  const plugin::TestFolder folder;
  folder.write("inner/file", "x");
  CHECK(has_files(folder.path()));
  {
    const Descriptor open_file(open((folder / "inner/file").c_str(), O_RDONLY));
    CHECK(reason_of([&] { const PermissionDenial denial(folder.path(), {getpid()}); }) ==
          "it holds 'inner/file' open, which taking permissions away does not touch");
  }
  {
    const PermissionDenial denial(folder.path(), {getpid()});
    CHECK(std::filesystem::status(folder.path()).permissions() == std::filesystem::perms::none);
  }
  CHECK(folder.read("inner/file") == "x");
  folder.write("inner/file", "");
  CHECK_FALSE(has_files(folder.path()));
}

TEST_CASE("a whole plugin is tested, and what cannot be opened is told with what it said") {
  const plugin::TestFolder scratch;
  PluginTest test;
  test.manifest = plugin::read_manifest(kShelf);
  test.environment = plugin::process_environment();
  test.scratch = scratch.path();
  test.options.containing = "a file at the root";
  std::vector<std::string> started;
  test.options.on_start = [&](const std::string& check) { started.push_back(check); };
  const Report report = test_plugin(test);
  CHECK(report.summary() == "1 passed, 0 failed, 0 skipped");
  CHECK(report.results().at(0).name == "shelf");
  CHECK(started == std::vector<std::string>{"a file at the root comes back"});
  CHECK(std::filesystem::is_empty(scratch.path()));
  test.manifest.run.command = {"sh", "-c", "echo 'no key' >&2; exit 1"};
  const std::string message = plugin::message_of([&] { test_plugin(test); });
  CHECK(plugin::contains(message, "The artifact_repository 'shelf' cannot be opened. "));
  CHECK(plugin::contains(message, "It said: no key"));
  test.kind = plugin::Kind::kRunContext;
  CHECK(plugin::contains(plugin::message_of([&] { test_plugin(test); }), "provides no such kind or name"));
}
