#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/toml_config.h"
#include "server/version.h"

namespace millrace::cli {

int run(int argc, char** argv) {
  CLI::App program("Millrace: experiment tracking that speaks MLflow's REST API", "millrace");
  program.set_version_flag("--version", std::string("millrace ") + server::kMillraceVersion + " (MLflow " +
                                            server::kMlflowVersion + ")");
  program
      .set_config("--config", "",
                  "A TOML file with flags below [server] and what is decided about plugins below [plugins]")
      ->envname("MILLRACE_CONFIG");
  program.config_formatter(std::make_shared<TomlConfig>());
  program.allow_config_extras(CLI::config_extras_mode::error);
  program.require_subcommand(1);
  int status = 0;
  add_server_command(program, status);
  add_import_command(program, status);
  add_db_command(program, status);
  add_plugin_command(program, status);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& fault) {
    return program.exit(fault);
  }
  return status;
}

}  // namespace millrace::cli
