#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "sql/paging.h"
#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {
namespace {

using sql::Connection;
using v1::plugin::MetricHistoryPage;
using v1::plugin::MetricHistoryQuery;

void read_point(const sql::Statement& row, const std::string& run_id, const std::string& key,
                v1::MetricWithRunId& metric) {
  metric.set_key(key);
  metric.set_value(value_from(row.real(0), row.integer(1) != 0));
  metric.set_timestamp(row.integer(2));
  metric.set_step(row.integer(3));
  metric.set_run_id(run_id);
}

// Appends points of one run from `skip` on, at most `limit`; returns how many points were stepped over or
// read.
int64_t read_run(Connection& connection, const std::string& run_id, const MetricHistoryQuery& query,
                 int64_t skip, int64_t limit, MetricHistoryPage& page) {
  auto rows = connection.prepare(
      "SELECT value, is_nan, timestamp, step FROM metrics WHERE run_uuid = ?1 AND key = ?2 "
      "ORDER BY timestamp, step, value LIMIT ?3 OFFSET ?4");
  rows.bind(1, std::string_view(run_id))
      .bind(2, std::string_view(query.metric_key()))
      .bind(3, limit)
      .bind(4, skip);
  int64_t read = 0;
  for (; rows.step(); ++read) read_point(rows, run_id, query.metric_key(), *page.add_metrics());
  return read;
}

int64_t count_points(Connection& connection, const std::string& run_id, const std::string& key) {
  auto row = connection.prepare("SELECT count(*) FROM metrics WHERE run_uuid = ?1 AND key = ?2");
  row.bind(1, std::string_view(run_id)).bind(2, std::string_view(key)).step();
  return row.integer(0);
}

// Run ids in the order in which their points come, each once.
std::vector<std::string> ordered_runs(const MetricHistoryQuery& query) {
  std::vector<std::string> ids(query.run_ids().begin(), query.run_ids().end());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

MetricHistoryPage read(Connection& connection, const MetricHistoryQuery& query) {
  MetricHistoryPage page;
  const int64_t offset = sql::offset_from(query.page().cursor());
  int64_t skip = offset;
  int64_t wanted = query.page().limit() + 1;  // one more tells whether there is a next page
  for (const std::string& run_id : ordered_runs(query)) {
    if (wanted == 0) break;
    const int64_t read = read_run(connection, run_id, query, skip, wanted, page);
    wanted -= read;
    if (skip > 0)
      skip = read > 0 ? 0 : std::max<int64_t>(0, skip - count_points(connection, run_id, query.metric_key()));
  }
  if (wanted == 0) {
    page.mutable_metrics()->RemoveLast();
    page.set_next_cursor(std::to_string(offset + query.page().limit()));
  }
  return page;
}

}  // namespace

MetricHistoryPage SqlTrackingStore::get_metric_history(const CallContext&,
                                                       const MetricHistoryQuery& request) {
  return database_->readers().read([&](Connection& connection) { return read(connection, request); });
}

}  // namespace millrace::tracking
