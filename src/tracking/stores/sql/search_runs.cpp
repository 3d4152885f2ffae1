#include <optional>
#include <utility>
#include <vector>

#include "sql/paging.h"
#include "tracking/stores/sql/found_runs.h"
#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/run_search_schema.h"
#include "tracking/stores/sql/runs_together.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {
namespace {

using sql::Connection;
using v1::plugin::RunPage;
using v1::plugin::RunQuery;

// An experiment with fewer runs than this is read whole: no index walk can be much cheaper.
constexpr int64_t kSmallExperiment = 1000;

void append_scope(sql::SqlText& sql, const RunQuery& query) {
  if (query.experiment_ids_size() == 1) {
    sql << "r.experiment_id = ";
    sql.value(parse_experiment_id(query.experiment_ids(0)));
  } else if (query.experiment_ids_size() > 1) {
    sql << "r.experiment_id IN " << integer_list(query.experiment_ids());
  } else {
    sql << "TRUE";
  }
  if (query.view_type() == v1::ACTIVE_ONLY) sql << " AND r.lifecycle_stage = 'active'";
  if (query.view_type() == v1::DELETED_ONLY) sql << " AND r.lifecycle_stage = 'deleted'";
}

void append_scope_and_filter(sql::SqlText& sql, const RunQuery& query) {
  append_scope(sql, query);
  if (query.filter().node_case() == v1::Filter::NODE_NOT_SET) return;
  sql << " AND ";
  append_filter(sql, RunSearchSchema(), query.filter());
}

// What may be read of a run that is found: where it is, or its info.
template <typename Found>
struct ColumnsOf;
template <>
struct ColumnsOf<FoundRun> {
  static constexpr const char* kText = "r.run_uuid, r.rowid";
};
template <>
struct ColumnsOf<v1::RunInfo> {
  static constexpr const char* kText = kRunColumns;
};

void read_found(const sql::Statement& row, FoundRun& run) {
  run = {std::string(row.text(0)), row.integer(1)};
}

void read_found(const sql::Statement& row, v1::RunInfo& run) {
  read_run_info(row, run);
}

// Collects the runs of one page: those from `skip` on, one more than the page holds.
template <typename Found>
class PageOfRuns {
 public:
  PageOfRuns(int64_t skip, int64_t limit) : skip_(skip), wanted_(limit + 1) {}

  bool full() const { return static_cast<int64_t>(runs_.size()) == wanted_; }
  std::vector<Found> take() { return std::move(runs_); }

  // SQLite stops where the reader does; from a server come all rows that were asked for.
  void read(Connection& connection, sql::SqlText plan) {
    if (connection.is_remote())
      plan << " LIMIT " << std::to_string(skip_ + wanted_ - static_cast<int64_t>(runs_.size()));
    read_rows(plan.prepare(connection));
  }

 private:
  void read_rows(sql::Statement rows) {
    while (!full() && rows.step()) {
      if (skip_ > 0) {
        --skip_;
      } else {
        read_found(rows, runs_.emplace_back());
      }
    }
  }

  int64_t skip_;
  int64_t wanted_;
  std::vector<Found> runs_;
};

// Plan 1: read every run in scope and sort. Cost grows with the experiment, not with the database.
sql::SqlText scan_plan(const char* columns, const RunQuery& query) {
  sql::SqlText sql;
  sql << "SELECT " << columns << " FROM runs r WHERE ";
  append_scope_and_filter(sql, query);
  sql << " ORDER BY ";
  append_order(sql, RunSearchSchema(), query.order_by());
  return sql;
}

// Plan 2: newest first is the order of an index of ours; rows come out sorted.
bool is_newest_first(const RunQuery& query) {
  return query.experiment_ids_size() == 1 && query.view_type() != v1::ALL && query.order_by_size() >= 1 &&
         query.order_by(0).field().kind() == v1::FIELD_KIND_ATTRIBUTE &&
         query.order_by(0).field().name() == "start_time" && query.order_by(0).descending();
}

sql::SqlText newest_first_plan(const char* columns, const RunQuery& query) {
  sql::SqlText sql;
  sql << "SELECT " << columns << " FROM runs r INDEXED BY millrace_runs_by_start WHERE ";
  append_scope_and_filter(sql, query);
  sql << " ORDER BY r.start_time DESC NULLS LAST, r.run_uuid";
  return sql;
}

// Plan 3: walk the values of the first ordering metric in order and look each run up. `rank` 0 gives the runs
// that have a number, 1 those that have NaN.
sql::SqlText metric_walk_plan(const char* columns, const RunQuery& query, int rank) {
  const v1::OrderBy& first = query.order_by(0);
  sql::SqlText sql;
  sql << "SELECT " << columns
      << " FROM latest_metrics o INDEXED BY millrace_latest_metrics_by_value "
         "CROSS JOIN runs r INDEXED BY millrace_runs_by_id ON r.run_uuid = o.run_uuid WHERE o.key = ";
  sql.value(first.field().name()) << (rank == 0 ? " AND o.is_nan = FALSE AND " : " AND o.is_nan = TRUE AND ");
  append_scope_and_filter(sql, query);
  sql << " ORDER BY o.value" << (first.descending() ? " DESC" : "");
  auto rest = query.order_by();
  rest.DeleteSubrange(0, 1);
  sql << ", ";
  append_order(sql, RunSearchSchema(), rest);
  return sql;
}

// What the walk does not meet: runs without the metric.
sql::SqlText without_metric_plan(const char* columns, const RunQuery& query) {
  sql::SqlText sql;
  sql << "SELECT " << columns << " FROM runs r WHERE ";
  append_scope_and_filter(sql, query);
  sql << " AND NOT EXISTS (SELECT 1 FROM latest_metrics o WHERE o.key = ";
  sql.value(query.order_by(0).field().name()) << " AND o.run_uuid = r.run_uuid) ORDER BY ";
  auto rest = query.order_by();
  rest.DeleteSubrange(0, 1);
  append_order(sql, RunSearchSchema(), rest);
  return sql;
}

bool is_by_metric(const RunQuery& query) {
  return query.order_by_size() >= 2 && query.order_by(0).field().kind() == v1::FIELD_KIND_METRIC;
}

// Runs in scope, counted no further than `most`.
int64_t count_runs(Connection& connection, const RunQuery& query, int64_t most) {
  sql::SqlText sql;
  sql << "SELECT count(*) FROM (SELECT 1 AS run FROM runs r WHERE ";
  append_scope(sql, query);
  sql << " LIMIT ";
  sql.value(most) << ") AS counted";
  auto row = sql.prepare(connection);
  row.step();
  return row.integer(0);
}

// Large experiments are not counted to their end, which alone would cost more than the walk; on a server,
// whose budget is a time and rough, no further than to tell them from small ones, and not each time. 0: no
// walk.
int64_t budget_of_walk(Connection& connection, const RunQuery& query, LargeScopes& scopes) {
  constexpr int64_t kStepsPerRun = 60;
  constexpr int64_t kMostCounted = 4000;
  constexpr int64_t kLargestBudget = 4'000'000;
  const bool remote = connection.is_remote();
  if (remote && scopes.contains(query)) return kLargestBudget;
  const int64_t most = remote ? kSmallExperiment : kMostCounted;
  const int64_t runs = count_runs(connection, query, most);
  if (runs < kSmallExperiment) return 0;
  if (runs < most) return runs * kStepsPerRun;
  if (remote) scopes.add(query);
  return kLargestBudget;
}

// The walk is cheap when matches are frequent among all values of the metric, and may have to go through the
// whole database when they are not. So it gets a budget of virtual machine instructions, about what the scan
// would need, and gives up beyond it.
template <typename Found>
std::optional<std::vector<Found>> try_metric_walk(Connection& connection, const RunQuery& query, int64_t skip,
                                                  LargeScopes& scopes) {
  const int64_t budget = budget_of_walk(connection, query, scopes);
  if (budget == 0) return std::nullopt;
  const char* columns = ColumnsOf<Found>::kText;
  PageOfRuns<Found> page(skip, query.page().limit());
  const bool finished = connection.run_within(budget, [&] {
    for (const int rank : {0, 1}) {
      if (!page.full()) {
        page.read(connection, metric_walk_plan(columns, query, rank));
      }
    }
    if (!page.full()) {
      page.read(connection, without_metric_plan(columns, query));
    }
  });
  if (!finished) return std::nullopt;
  return page.take();
}

// The runs of a page, and where the next one begins: empty after the last.
template <typename Found>
std::pair<std::vector<Found>, std::string> find(Connection& connection, const RunQuery& query,
                                                LargeScopes& scopes) {
  const int64_t skip = sql::offset_from(query.page().cursor());
  std::optional<std::vector<Found>> runs;
  if (is_by_metric(query)) runs = try_metric_walk<Found>(connection, query, skip, scopes);
  if (!runs) {
    const char* columns = ColumnsOf<Found>::kText;
    PageOfRuns<Found> page(skip, query.page().limit());
    page.read(connection,
              is_newest_first(query) ? newest_first_plan(columns, query) : scan_plan(columns, query));
    runs = page.take();
  }
  if (static_cast<int64_t>(runs->size()) <= query.page().limit()) return {*std::move(runs), ""};
  runs->pop_back();
  return {*std::move(runs), std::to_string(skip + query.page().limit())};
}

void read_run(Connection& connection, const std::string& run_id, v1::Run& run) {
  read_run_info(connection, run_id, *run.mutable_info());
  read_run_details(connection, run);
}

// A server tells of a run what it can while it looks at it.
RunPage search_remote(Connection& connection, const RunQuery& query, LargeScopes& scopes) {
  auto [infos, next_cursor] = find<v1::RunInfo>(connection, query, scopes);
  RunPage page;
  page.set_next_cursor(std::move(next_cursor));
  std::vector<v1::Run*> runs;
  for (v1::RunInfo& info : infos) *runs.emplace_back(page.add_runs())->mutable_info() = std::move(info);
  read_details_together(connection, runs);
  return page;
}

RunPage search_local(Connection& connection, const RunQuery& query, LargeScopes& scopes) {
  FoundRuns found = find_runs(connection, query, scopes);
  RunPage page;
  page.set_next_cursor(std::move(found.next_cursor));
  page.mutable_runs()->Reserve(static_cast<int>(found.runs.size()));
  for (const FoundRun& run : found.runs) read_run(connection, run.id, *page.add_runs());
  return page;
}

}  // namespace

FoundRuns find_runs(Connection& connection, const RunQuery& query, LargeScopes& scopes) {
  auto [runs, next_cursor] = find<FoundRun>(connection, query, scopes);
  return {std::move(runs), std::move(next_cursor)};
}

int64_t count_found_runs(Connection& connection, const RunQuery& query) {
  sql::SqlText sql;
  sql << "SELECT count(*) FROM runs r WHERE ";
  append_scope_and_filter(sql, query);
  auto row = sql.prepare(connection);
  row.step();
  return row.integer(0);
}

RunPage SqlTrackingStore::search_runs(const CallContext&, const RunQuery& request) {
  return database_->readers().read([&](Connection& connection) {
    return connection.is_remote() ? search_remote(connection, request, large_scopes_)
                                  : search_local(connection, request, large_scopes_);
  });
}

}  // namespace millrace::tracking
