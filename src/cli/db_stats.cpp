#include <CLI/CLI.hpp>
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <memory>

#include "cli/db_commands.h"
#include "cli/json_object.h"
#include "maintenance/figures.h"
#include "maintenance/stats.h"

namespace millrace::cli {
namespace {

using maintenance::DatabaseStats;
using maintenance::ExperimentStats;
using maintenance::TableStats;
using maintenance::with_thousands;

// Of more the JSON tells.
constexpr size_t kShownExperiments = 20;

struct Flags {
  std::string uri;
  bool json = false;
};

std::string json_of(const TableStats& table) {
  JsonObject object;
  object.text("table", table.name).number("rows", table.rows);
  if (table.bytes) object.number("bytes", *table.bytes);
  return object.str();
}

std::string json_of(const ExperimentStats& experiment) {
  return JsonObject()
      .text("experiment_id", experiment.id)
      .text("name", experiment.name)
      .text("lifecycle_stage", experiment.stage)
      .number("active_runs", experiment.active_runs)
      .number("deleted_runs", experiment.deleted_runs)
      .number("metric_points", experiment.metric_points)
      .number("params", experiment.params)
      .number("tags", experiment.tags)
      .number("logged_models", experiment.models)
      .number("traces", experiment.traces)
      .str();
}

void print_json(const maintenance::Session& session, const DatabaseStats& stats) {
  std::vector<std::string> tables;
  for (const TableStats& table : stats.tables) tables.push_back(json_of(table));
  std::vector<std::string> experiments;
  for (const ExperimentStats& experiment : stats.experiments) experiments.push_back(json_of(experiment));
  std::cout << JsonObject()
                   .text("database", session.label)
                   .text("revision", stats.revision)
                   .number("bytes", stats.bytes)
                   .json("tables", json_list(tables))
                   .json("experiments", json_list(experiments))
                   .str()
            << "\n";
}

void print_tables(const DatabaseStats& stats) {
  std::cout << std::left << std::setw(36) << "table" << std::right << std::setw(16) << "rows" << std::setw(14)
            << "size"
            << "\n";
  for (const TableStats& table : stats.tables) {
    if (table.rows == 0) continue;
    std::cout << std::left << std::setw(36) << table.name << std::right << std::setw(16)
              << with_thousands(table.rows) << std::setw(14)
              << (table.bytes ? maintenance::size_text(*table.bytes) : "") << "\n";
  }
}

void print_experiments(std::vector<ExperimentStats> experiments) {
  std::stable_sort(experiments.begin(), experiments.end(), [](const auto& one, const auto& other) {
    return one.metric_points > other.metric_points;
  });
  std::cout << std::setw(12) << "experiment" << std::setw(12) << "runs" << std::setw(12) << "deleted"
            << std::setw(16) << "metric points" << std::setw(12) << "params" << std::setw(12) << "tags"
            << std::setw(10) << "models" << std::setw(12) << "traces"
            << "  name\n";
  for (size_t place = 0; place < std::min(experiments.size(), kShownExperiments); ++place) {
    const ExperimentStats& one = experiments[place];
    std::cout << std::setw(12) << one.id << std::setw(12) << with_thousands(one.active_runs) << std::setw(12)
              << with_thousands(one.deleted_runs) << std::setw(16) << with_thousands(one.metric_points)
              << std::setw(12) << with_thousands(one.params) << std::setw(12) << with_thousands(one.tags)
              << std::setw(10) << with_thousands(one.models) << std::setw(12) << with_thousands(one.traces)
              << "  " << one.name << (one.stage == "deleted" ? " (deleted)" : "") << "\n";
  }
  if (experiments.size() > kShownExperiments)
    std::cout << "and " << with_thousands(static_cast<int64_t>(experiments.size() - kShownExperiments))
              << " more experiments, which --json has\n";
}

int stats(const Flags& flags) {
  maintenance::Session session = maintenance::open_session(flags.uri);
  const DatabaseStats found = maintenance::stats_of(session);
  if (flags.json) {
    print_json(session, found);
    return 0;
  }
  std::cout << "The " << session.label << " has schema revision " << found.revision << " and takes "
            << maintenance::size_text(found.bytes) << ".\n\n";
  print_tables(found);
  std::cout << "\n";
  print_experiments(found.experiments);
  return 0;
}

}  // namespace

void add_db_stats(CLI::App& db, int& status) {
  CLI::App& command = *db.add_subcommand("stats", "Count what is in a database, by table and by experiment");
  const auto flags = std::make_shared<Flags>();
  add_database_uri(command, flags->uri);
  command.add_flag("--json", flags->json, "Print JSON");
  command.callback([flags, &status] { status = run_db_command("stats", [&] { return stats(*flags); }); });
}

}  // namespace millrace::cli
