#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "base/log.h"
#include "cli/db_commands.h"
#include "maintenance/figures.h"
#include "maintenance/gc.h"
#include "plugin/host/plugin_host.h"
#include "server/repositories.h"

namespace millrace::cli {
namespace {

using maintenance::with_thousands;

struct Flags {
  std::string uri;
  std::string older_than;
  std::string artifacts_destination = "./mlartifacts";
  std::vector<std::string> plugin_path;
  maintenance::GcOptions options;
  bool dry_run = false;
};

void print(const maintenance::GcReport& report, bool apply) {
  std::cout << (apply ? "Deleted " : "Would delete ") << with_thousands(report.runs) << " runs, "
            << with_thousands(report.models) << " logged models, " << with_thousands(report.traces)
            << " traces and " << with_thousands(report.experiments) << " experiments; "
            << with_thousands(report.left_out) << " left out.\n";
  if (!apply) std::cout << "Nothing was deleted: that takes --apply.\n";
}

int collect(const Flags& flags, plugin::Policy policy) {
  policy.path.insert(policy.path.begin(), flags.plugin_path.begin(), flags.plugin_path.end());
  maintenance::GcOptions options = flags.options;
  if (!flags.older_than.empty()) options.older_than = maintenance::parse_age(flags.older_than);
  Log log(LogFormat::kText, LogLevel::kWarning);
  plugin::PluginHost plugins(server::checked_catalog(policy), policy, plugin::process_environment(), log);
  const artifacts::RepositoryRegistry repositories = server::all_repositories(plugins);
  const artifacts::ArtifactLocations locations(repositories, {true, flags.artifacts_destination});
  maintenance::Session session = maintenance::open_session(flags.uri);
  const auto tell = [](const std::string& line) { std::cout << line << "\n"; };
  const maintenance::GcReport report = collect_garbage(session, locations, options, tell);
  print(report, options.apply);
  return report.left_out == 0 ? 0 : 1;
}

CLI::Option& add_list(CLI::App& command, const char* name, std::vector<std::string>& list,
                      const char* description) {
  return *command.add_option(name, list, description)->delimiter(',');
}

}  // namespace

void add_db_gc(CLI::App& db, const CLI::App& program, int& status) {
  CLI::App& command = *db.add_subcommand(
      "gc",
      "Remove runs, logged models and experiments for good that users have deleted, with their artifacts; "
      "only tells which unless --apply is given");
  const auto flags = std::make_shared<Flags>();
  command.add_option("--backend-store-uri", flags->uri, "The database")
      ->envname("MLFLOW_BACKEND_STORE_URI")
      ->required();
  command.add_option("--older-than", flags->older_than,
                     "Only what was deleted so long ago, as in 30d or 2d8h5m20s; default: all");
  add_list(command, "--run-ids", flags->options.run_ids, "Only these runs, with commas between");
  add_list(command, "--experiment-ids", flags->options.experiment_ids,
           "Only these experiments and all in them, with commas between");
  add_list(command, "--logged-model-ids", flags->options.model_ids,
           "Only these logged models, with commas between");
  command
      .add_option("--artifacts-destination", flags->artifacts_destination,
                  "Where the server's artifact proxy keeps artifacts")
      ->envname("MLFLOW_ARTIFACTS_DESTINATION")
      ->capture_default_str();
  command.add_option("--plugin-path", flags->plugin_path,
                     "A folder of plugins that is searched before all others; may be given again");
  command.add_flag("--keep-artifacts", flags->options.keep_artifacts, "Leave artifacts where they are");
  auto* apply = command.add_flag("--apply", flags->options.apply, "Delete");
  command.add_flag("--dry-run", flags->dry_run, "Only tell what would be deleted; the default")
      ->excludes(apply);
  command.callback([flags, &program, &status] {
    status = run_db_command("gc", [&] {
      return collect(*flags, plugin::read_policy(program.get_config_ptr()->as<std::string>()));
    });
  });
}

}  // namespace millrace::cli
