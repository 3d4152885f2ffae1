#include "maintenance/gc_rows.h"

#include <charconv>
#include <initializer_list>

#include "base/error.h"

namespace millrace::maintenance {
namespace {

constexpr int64_t kPage = 500;
constexpr int64_t kRowsAtOnce = 10'000;

int64_t number_of(const std::string& id) {
  int64_t number = -1;
  const auto [end, fault] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (fault != std::errc() || end != id.data() + id.size())
    throw_invalid_parameter("'" + id + "' is not the id of an experiment.");
  return number;
}

std::vector<Doomed> read(sql::Statement row) {
  std::vector<Doomed> page;
  while (row.step()) page.push_back({std::string(row.text(0)), std::string(row.text(1))});
  return page;
}

std::vector<Doomed> deleted(Session& session, const char* sql, const std::string& last, int64_t before) {
  auto row = session.connection->prepare(sql);
  row.bind(1, last).bind(2, before).bind(3, kPage);
  return read(std::move(row));
}

std::vector<Doomed> in_experiment(Session& session, const char* sql, const std::string& experiment,
                                  const std::string& last) {
  auto row = session.connection->prepare(sql);
  row.bind(1, number_of(experiment)).bind(2, last).bind(3, kPage);
  return read(std::move(row));
}

std::optional<Standing> standing(sql::Statement row) {
  if (!row.step()) return std::nullopt;
  return Standing{std::string(row.text(0)), row.integer(1), std::string(row.text(2))};
}

// SQLite and PostgreSQL delete as many rows as there are, so some are looked up first, by where they lie.
const char* delete_some_metrics(Dialect dialect) {
  switch (dialect) {
    case Dialect::kSqlite:
      return "DELETE FROM metrics WHERE rowid IN (SELECT rowid FROM metrics WHERE run_uuid = ?1 LIMIT ?2)";
    case Dialect::kPostgres:
      return "DELETE FROM metrics WHERE ctid = ANY (ARRAY(SELECT ctid FROM metrics WHERE run_uuid = ?1 LIMIT "
             "?2))";
    case Dialect::kMysql:
      return "DELETE FROM metrics WHERE run_uuid = ?1 LIMIT ?2";
  }
  return "";
}

void delete_metrics(Session& session, const std::string& run) {
  for (int64_t gone = kRowsAtOnce; gone >= kRowsAtOnce;) {
    sql::Transaction transaction(*session.connection, sql::Transaction::Kind::kWrite);
    session.connection->prepare(delete_some_metrics(session.dialect)).bind(1, run).bind(2, kRowsAtOnce).run();
    gone = session.connection->changes();
    transaction.commit();
  }
}

template <typename Id>
void delete_all(Session& session, const Id& id, std::initializer_list<const char*> statements) {
  sql::Transaction transaction(*session.connection, sql::Transaction::Kind::kWrite);
  for (const char* sql : statements) session.connection->prepare(sql).bind(1, id).run();
  transaction.commit();
}

}  // namespace

std::vector<Doomed> deleted_runs(Session& session, const std::string& last, int64_t before) {
  return deleted(
      session,
      "SELECT run_uuid, artifact_uri FROM runs WHERE run_uuid > ?1 AND lifecycle_stage = 'deleted' "
      "AND coalesce(deleted_time, end_time, start_time, 0) <= ?2 ORDER BY run_uuid LIMIT ?3",
      last, before);
}

std::vector<Doomed> deleted_models(Session& session, const std::string& last, int64_t before) {
  return deleted(session,
                 "SELECT model_id, artifact_location FROM logged_models WHERE model_id > ?1 AND "
                 "lifecycle_stage = 'deleted' AND last_updated_timestamp_ms <= ?2 ORDER BY model_id LIMIT ?3",
                 last, before);
}

std::vector<Doomed> deleted_experiments(Session& session, const std::string& last, int64_t before) {
  auto row = session.connection->prepare(
      "SELECT experiment_id, '' FROM experiments WHERE experiment_id > ?1 AND lifecycle_stage = 'deleted' "
      "AND "
      "coalesce(last_update_time, creation_time, 0) <= ?2 ORDER BY experiment_id LIMIT ?3");
  row.bind(1, last.empty() ? int64_t{-1} : number_of(last)).bind(2, before).bind(3, kPage);
  return read(std::move(row));
}

std::vector<Doomed> runs_in(Session& session, const std::string& experiment, const std::string& last) {
  return in_experiment(session,
                       "SELECT run_uuid, artifact_uri FROM runs WHERE experiment_id = ?1 AND run_uuid > ?2 "
                       "ORDER BY run_uuid LIMIT ?3",
                       experiment, last);
}

std::vector<Doomed> models_in(Session& session, const std::string& experiment, const std::string& last) {
  return in_experiment(session,
                       "SELECT model_id, artifact_location FROM logged_models WHERE experiment_id = ?1 AND "
                       "model_id > ?2 ORDER BY model_id LIMIT ?3",
                       experiment, last);
}

std::vector<Doomed> traces_in(Session& session, const std::string& experiment, const std::string& last) {
  return in_experiment(session,
                       "SELECT t.request_id, (SELECT g.value FROM trace_tags g WHERE g.key = "
                       "'mlflow.artifactLocation' AND g.request_id = t.request_id) FROM trace_info t WHERE "
                       "t.experiment_id = ?1 AND t.request_id > ?2 ORDER BY t.request_id LIMIT ?3",
                       experiment, last);
}

std::optional<Standing> standing_of_run(Session& session, const std::string& id) {
  auto row = session.connection->prepare(
      "SELECT lifecycle_stage, coalesce(deleted_time, end_time, start_time, 0), artifact_uri FROM runs WHERE "
      "run_uuid = ?1");
  row.bind(1, id);
  return standing(std::move(row));
}

std::optional<Standing> standing_of_model(Session& session, const std::string& id) {
  auto row = session.connection->prepare(
      "SELECT lifecycle_stage, last_updated_timestamp_ms, artifact_location FROM logged_models WHERE "
      "model_id "
      "= ?1");
  row.bind(1, id);
  return standing(std::move(row));
}

std::optional<Standing> standing_of_experiment(Session& session, const std::string& id) {
  auto row = session.connection->prepare(
      "SELECT lifecycle_stage, coalesce(last_update_time, creation_time, 0), '' FROM experiments WHERE "
      "experiment_id = ?1");
  row.bind(1, number_of(id));
  return standing(std::move(row));
}

void delete_run(Session& session, const std::string& id) {
  delete_metrics(session, id);
  delete_all(session, id,
             {"DELETE FROM metrics WHERE run_uuid = ?1", "DELETE FROM latest_metrics WHERE run_uuid = ?1",
              "DELETE FROM params WHERE run_uuid = ?1", "DELETE FROM tags WHERE run_uuid = ?1",
              "DELETE FROM input_tags WHERE input_uuid IN (SELECT input_uuid FROM inputs WHERE "
              "destination_type = 'RUN' AND destination_id = ?1)",
              "DELETE FROM inputs WHERE destination_type = 'RUN' AND destination_id = ?1",
              "DELETE FROM inputs WHERE source_type = 'RUN_INPUT' AND source_id = ?1",
              "DELETE FROM inputs WHERE source_type = 'RUN_OUTPUT' AND source_id = ?1",
              "DELETE FROM runs WHERE run_uuid = ?1"});
}

void delete_model(Session& session, const std::string& id) {
  delete_all(session, id,
             {"DELETE FROM inputs WHERE destination_type = 'MODEL_INPUT' AND destination_id = ?1",
              "DELETE FROM inputs WHERE destination_type = 'MODEL_OUTPUT' AND destination_id = ?1",
              "DELETE FROM logged_models WHERE model_id = ?1"});
}

void delete_trace(Session& session, const std::string& id) {
  delete_all(session, id, {"DELETE FROM trace_info WHERE request_id = ?1"});
}

void delete_experiment(Session& session, const std::string& id) {
  delete_all(session, number_of(id),
             {"DELETE FROM experiment_tags WHERE experiment_id = ?1",
              "DELETE FROM sql_trace_metric_daily_rollups WHERE experiment_id = ?1",
              "DELETE FROM sql_span_cost_daily_rollups WHERE experiment_id = ?1",
              "DELETE FROM sql_assessment_daily_rollups WHERE experiment_id = ?1",
              "DELETE FROM sql_trace_rollup_rebuild_queue WHERE experiment_id = ?1",
              "DELETE FROM online_scoring_configs WHERE experiment_id = ?1",
              "DELETE FROM inputs WHERE source_type = 'DATASET' AND source_id IN (SELECT dataset_uuid FROM "
              "datasets WHERE experiment_id = ?1)",
              "DELETE FROM experiments WHERE experiment_id = ?1"});
}

}  // namespace millrace::maintenance
