#include "cli/plugin_test_command.h"

#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "base/error.h"
#include "cli/clean_end.h"
#include "cli/json_object.h"
#include "cli/plugin_test_report.h"
#include "cli/plugin_test_target.h"

namespace millrace::cli {
namespace {

using conformance::PluginTest;
using conformance::Report;
using conformance::Verdict;

constexpr int kCouldNotRun = 2;

// A whole test takes well under a minute when nothing hangs.
constexpr std::chrono::minutes kLongestTest{10};
constexpr std::chrono::minutes kLongestQuickTest{3};
constexpr double kQuickScale = 0.05;

struct Flags {
  std::string target;
  std::string only;
  std::string containing;
  std::vector<std::string> settings;
  std::vector<std::string> path;
  bool quick = false;
  bool in_process = false;
  bool json = false;
};

PluginTest test_of(const CLI::App& program, const Flags& flags) {
  plugin::Policy policy = plugin::read_policy(program.get_config_ptr()->as<std::string>());
  policy.path.insert(policy.path.begin(), flags.path.begin(), flags.path.end());
  PluginTest test;
  test.environment = plugin::process_environment();
  test.manifest = find_plugin_to_test(flags.target, policy, test.environment);
  const auto settings = policy.settings.find(test.manifest.id);
  if (settings != policy.settings.end()) test.settings = settings->second;
  test.overrides = parse_settings(flags.settings);
  choose(flags.only, test);
  test.in_process = flags.in_process;
  test.options.containing = flags.containing;
  if (flags.quick) test.options.effort.scale = kQuickScale;
  test.options.deadline = std::chrono::steady_clock::now() + (flags.quick ? kLongestQuickTest : kLongestTest);
  return test;
}

// That nothing was tested is no success.
int status_of(const Report& report, const Flags& flags) {
  if (report.count(Verdict::kFailed) > 0) return 1;
  if (report.count(Verdict::kPassed) > 0) return 0;
  if (report.results().empty() && !flags.containing.empty())
    throw_invalid_parameter("No check has '" + flags.containing + "' in its name.");
  std::cerr << "millrace: Nothing could be tested: every check was skipped.\n";
  return kCouldNotRun;
}

int run_as_json(PluginTest& test, const Flags& flags) {
  const Report report = test_plugin(test);
  const int status = status_of(report, flags);
  std::cout << plugin_test_json(test.manifest, test.in_process, report) << "\n";
  return status;
}

int run_as_text(PluginTest& test, const Flags& flags) {
  PluginTestText text(std::cout, isatty(STDOUT_FILENO) == 1);
  test.options.on_start = [&](const std::string& check) { text.start(check); };
  test.options.on_result = [&](const conformance::Result& result) { text.result(result); };
  text.begin(test.manifest, test.in_process);
  const Report report = test_plugin(test);
  const int status = status_of(report, flags);
  text.end(report);
  return status;
}

int tell(const std::exception& fault, const Flags& flags) {
  if (flags.json) std::cout << JsonObject().text("error", fault.what()).str() << "\n";
  std::cerr << "millrace: " << fault.what() << "\n";
  return kCouldNotRun;
}

int run(const CLI::App& program, const Flags& flags) {
  try {
    PluginTest test = test_of(program, flags);
    // A disk that is full is an error of a write, and so is a reader that is gone: neither ends a process.
    for (const int signal : {SIGXFSZ, SIGPIPE}) ::signal(signal, SIG_IGN);
    const CleanEnd end;
    test.scratch = end.folder();
    try {
      end.exit(flags.json ? run_as_json(test, flags) : run_as_text(test, flags));
    } catch (const std::exception& fault) {
      end.exit(tell(fault, flags));
    }
  } catch (const std::exception& fault) {
    return tell(fault, flags);
  }
}

}  // namespace

void add_plugin_test_command(CLI::App& parent, const CLI::App& program, int& status) {
  const auto flags = std::make_shared<Flags>();
  CLI::App& command = *parent.add_subcommand(
      "test", "Run the conformance checks against a plugin; exits 1 when one fails, 2 when it cannot be run");
  command.fallthrough();
  command.add_option("target", flags->target, "A folder with plugin.toml, or the id of an installed plugin")
      ->required();
  command.add_option("--only", flags->only, "KIND or KIND:NAME to test; default: all that it provides");
  command.add_option("--check", flags->containing, "Run only checks with this text in their name");
  command.add_flag("--quick", flags->quick, "Make fewer calls where more find more");
  command.add_flag("--in-process", flags->in_process, "Load the plugin's library into this process");
  command.add_option("--set", flags->settings, "KEY=VALUE of a setting; may be given again")
      ->take_all()
      ->allow_extra_args(false);
  command.add_option("--path", flags->path, "A folder of plugins that is searched first; may be given again")
      ->take_all()
      ->allow_extra_args(false);
  command.add_flag("--json", flags->json, "Print JSON");
  command.callback([&program, flags, &status] { status = run(program, *flags); });
}

}  // namespace millrace::cli
