#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "cli/db_commands.h"
#include "maintenance/figures.h"
#include "maintenance/upgrade.h"

namespace millrace::cli {
namespace {

void print(const maintenance::UpgradeReport& report) {
  if (report.from == report.to) {
    std::cout << "The database has schema revision " << report.to << " already.\n";
  } else if (report.from.empty()) {
    std::cout << "The database has schema revision " << report.to << " now.\n";
  } else {
    std::cout << "The database has schema revision " << report.to << " now: " << report.steps << " steps, "
              << maintenance::with_thousands(report.rows) << " rows copied or changed.\n";
  }
}

int upgrade(const std::string& uri) {
  print(maintenance::upgrade_database(uri, [](const std::string& line) { std::cout << line << std::endl; }));
  return 0;
}

}  // namespace

void add_db_upgrade(CLI::App& db, int& status) {
  CLI::App& command = *db.add_subcommand(
      "upgrade", "Make the schema, or bring a database of MLflow 2.0 or later up to it; may be run again");
  const auto uri = std::make_shared<std::string>();
  add_database_uri(command, *uri);
  command.callback([uri, &status] { status = run_db_command("upgrade", [&] { return upgrade(*uri); }); });
}

}  // namespace millrace::cli
