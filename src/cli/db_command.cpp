#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/db_commands.h"

namespace millrace::cli {

void add_db_command(CLI::App& program, int& status) {
  CLI::App& db = *program.add_subcommand("db", "Look after a database: upgrade, check, stats, gc");
  db.require_subcommand(1);
  add_db_upgrade(db, status);
}

}  // namespace millrace::cli
