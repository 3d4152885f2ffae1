#include <vector>

#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {
namespace {

using sql::Connection;
using v1::plugin::MetricDeletion;

std::vector<std::string> keys_of(Connection& connection, const MetricDeletion& request) {
  if (request.metric_keys_size() > 0) return {request.metric_keys().begin(), request.metric_keys().end()};
  std::vector<std::string> keys;
  auto rows = connection.prepare("SELECT key FROM latest_metrics WHERE run_uuid = ?1");
  rows.bind(1, std::string_view(request.run_id()));
  while (rows.step()) keys.emplace_back(rows.text(0));
  return keys;
}

int64_t delete_points(Connection& connection, const MetricDeletion& request, const std::string& key) {
  auto statement = connection.prepare(
      request.has_after_step() ? "DELETE FROM metrics WHERE run_uuid = ?1 AND key = ?2 AND step > ?3"
                               : "DELETE FROM metrics WHERE run_uuid = ?1 AND key = ?2");
  statement.bind(1, std::string_view(request.run_id())).bind(2, std::string_view(key));
  if (request.has_after_step()) statement.bind(3, request.after_step());
  statement.run();
  return connection.changes();
}

// The latest value is what the greatest of the remaining points by (step, timestamp, value) says.
void renew_latest(Connection& connection, const std::string& run_id, const std::string& key) {
  connection.prepare("DELETE FROM latest_metrics WHERE key = ?1 AND run_uuid = ?2")
      .bind(1, std::string_view(key))
      .bind(2, std::string_view(run_id))
      .run();
  connection
      .prepare(
          "INSERT INTO latest_metrics(key, value, timestamp, step, is_nan, run_uuid) "
          "SELECT key, value, timestamp, step, is_nan, run_uuid FROM metrics INDEXED BY "
          "index_metrics_run_uuid_key_step WHERE run_uuid = ?1 AND key = ?2 "
          "ORDER BY step DESC, timestamp DESC, value DESC LIMIT 1")
      .bind(1, std::string_view(run_id))
      .bind(2, std::string_view(key))
      .run();
}

}  // namespace

v1::plugin::MetricDeletionOutcome SqlTrackingStore::delete_metrics(const CallContext&,
                                                                   const MetricDeletion& request) {
  return database_->writer().call([&](Connection& connection) {
    require_run(connection, request.run_id(), "active");
    v1::plugin::MetricDeletionOutcome outcome;
    for (const std::string& key : keys_of(connection, request)) {
      outcome.set_deleted_points(outcome.deleted_points() + delete_points(connection, request, key));
      renew_latest(connection, request.run_id(), key);
    }
    return outcome;
  });
}

}  // namespace millrace::tracking
