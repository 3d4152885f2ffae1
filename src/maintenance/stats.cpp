#include "maintenance/stats.h"

#include "maintenance/known_schema.h"
#include "sql/schema_check.h"

namespace millrace::maintenance {
namespace {

const char* size_of_database(Dialect dialect) {
  switch (dialect) {
    case Dialect::kSqlite:
      return "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
    case Dialect::kPostgres:
      return "SELECT pg_database_size(current_database())";
    case Dialect::kMysql:
      return "SELECT CAST(coalesce(SUM(data_length + index_length), 0) AS SIGNED) FROM "
             "information_schema.tables WHERE table_schema = DATABASE()";
  }
  return "";
}

std::optional<int64_t> size_of_table(Session& session, const std::string& table) {
  if (session.dialect == Dialect::kSqlite) return std::nullopt;
  auto row = session.connection->prepare(session.dialect == Dialect::kPostgres
                                             ? "SELECT pg_total_relation_size(to_regclass(?1))"
                                             : "SELECT data_length + index_length FROM "
                                               "information_schema.tables WHERE table_schema = DATABASE() "
                                               "AND table_name = ?1");
  if (!row.bind(1, table).step() || row.is_null(0)) return std::nullopt;
  return row.integer(0);
}

int64_t number(Session& session, const std::string& sql) {
  auto row = session.connection->prepare(sql);
  return row.step() ? row.integer(0) : 0;
}

using ById = std::map<int64_t, ExperimentStats>;

ById experiments_of(Session& session) {
  ById experiments;
  auto row = session.connection->prepare("SELECT experiment_id, name, lifecycle_stage FROM experiments");
  while (row.step()) {
    ExperimentStats& one = experiments[row.integer(0)];
    one.id = std::to_string(row.integer(0));
    one.name = std::string(row.text(1));
    one.stage = std::string(row.text(2));
  }
  return experiments;
}

// `sql` gives the id of an experiment and a number.
void count(Session& session, ById& experiments, const char* sql, int64_t ExperimentStats::*where) {
  auto row = session.connection->prepare(sql);
  while (row.step()) {
    const auto found = experiments.find(row.integer(0));
    if (found != experiments.end()) found->second.*where = row.integer(1);
  }
}

void count_all(Session& session, ById& experiments) {
  using Stats = ExperimentStats;
  count(session, experiments,
        "SELECT experiment_id, COUNT(*) FROM runs WHERE lifecycle_stage = 'active' GROUP BY experiment_id",
        &Stats::active_runs);
  count(session, experiments,
        "SELECT experiment_id, COUNT(*) FROM runs WHERE lifecycle_stage = 'deleted' GROUP BY experiment_id",
        &Stats::deleted_runs);
  count(session, experiments,
        "SELECT r.experiment_id, COUNT(*) FROM metrics m JOIN runs r ON r.run_uuid = m.run_uuid GROUP BY "
        "r.experiment_id",
        &Stats::metric_points);
  count(session, experiments,
        "SELECT r.experiment_id, COUNT(*) FROM params p JOIN runs r ON r.run_uuid = p.run_uuid GROUP BY "
        "r.experiment_id",
        &Stats::params);
  count(session, experiments,
        "SELECT r.experiment_id, COUNT(*) FROM tags t JOIN runs r ON r.run_uuid = t.run_uuid GROUP BY "
        "r.experiment_id",
        &Stats::tags);
  count(session, experiments, "SELECT experiment_id, COUNT(*) FROM logged_models GROUP BY experiment_id",
        &Stats::models);
  count(session, experiments, "SELECT experiment_id, COUNT(*) FROM trace_info GROUP BY experiment_id",
        &Stats::traces);
}

}  // namespace

DatabaseStats stats_of(Session& session) {
  require_known_schema(session);
  DatabaseStats stats;
  stats.revision = sql::kSchemaRevision;
  stats.bytes = number(session, size_of_database(session.dialect));
  for (const auto& [table, columns] : known_schema().columns) {
    if (!has_table(session, table)) continue;
    stats.tables.push_back(
        {table, number(session, "SELECT COUNT(*) FROM " + table), size_of_table(session, table)});
  }
  ById experiments = experiments_of(session);
  count_all(session, experiments);
  for (auto& [id, one] : experiments) stats.experiments.push_back(std::move(one));
  return stats;
}

}  // namespace millrace::maintenance
