#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "base/error.h"
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
  try {
    print(
        maintenance::upgrade_database(uri, [](const std::string& line) { std::cout << line << std::endl; }));
    return 0;
  } catch (const Error& error) {
    std::cerr << "millrace db upgrade: " << error.what() << std::endl;
    return 2;
  }
}

}  // namespace

void add_db_upgrade(CLI::App& db, int& status) {
  CLI::App& command = *db.add_subcommand(
      "upgrade", "Make the schema, or bring a database of MLflow 2.0 or later up to it; may be run again");
  const auto uri = std::make_shared<std::string>();
  command
      .add_option("uri", *uri,
                  "The database: sqlite:///mlflow.db, postgresql://user:password@host/database or "
                  "mysql://user:password@host/database")
      ->envname("MLFLOW_BACKEND_STORE_URI")
      ->required();
  command.callback([uri, &status] { status = upgrade(*uri); });
}

}  // namespace millrace::cli
