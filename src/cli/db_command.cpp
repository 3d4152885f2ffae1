#include <CLI/CLI.hpp>
#include <iostream>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/db_commands.h"

namespace millrace::cli {

void add_database_uri(CLI::App& command, std::string& uri) {
  command
      .add_option("uri", uri,
                  "The database: sqlite:///mlflow.db, postgresql://user:password@host/database or "
                  "mysql://user:password@host/database")
      ->envname("MLFLOW_BACKEND_STORE_URI")
      ->required();
}

int run_db_command(const char* name, const std::function<int()>& command) {
  try {
    return command();
  } catch (const Error& error) {
    std::cout << std::flush;
    std::cerr << "millrace db " << name << ": " << error.what() << std::endl;
    return 2;
  }
}

void add_db_command(CLI::App& program, int& status) {
  CLI::App& db = *program.add_subcommand("db", "Look after a database: upgrade, check, stats, gc");
  db.require_subcommand(1);
  add_db_upgrade(db, status);
  add_db_check(db, status);
  add_db_stats(db, status);
  add_db_gc(db, program, status);
}

}  // namespace millrace::cli
