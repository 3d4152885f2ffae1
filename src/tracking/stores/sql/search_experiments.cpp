#include "base/error.h"
#include "sql/paging.h"
#include "sql/search_sql.h"
#include "tracking/stores/sql/experiment_rows.h"
#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {
namespace {

using sql::Connection;
using v1::plugin::ExperimentPage;
using v1::plugin::ExperimentQuery;

// Experiments: the row of `experiments` is called e in the expressions.
class ExperimentSearchSchema : public sql::SearchSchema {
 public:
  void append_condition(sql::SqlText& sql, const v1::Comparison& comparison) const override {
    const std::string& name = comparison.field().name();
    if (comparison.field().kind() == v1::FIELD_KIND_TAG) return append_tag_condition(sql, comparison);
    if (name == "experiment_id") {
      // Ids come as text and stand as integers; the cast keeps IN and LIKE as they are.
      return append_comparison(sql, "CAST(e.experiment_id AS TEXT)", comparison);
    }
    append_comparison(sql, column(name), comparison);
  }

  void append_value(sql::SqlText& sql, const v1::OrderBy& order) const override {
    sql << column(order.field().name());
  }

  void append_rank(sql::SqlText& sql, const v1::OrderBy& order) const override {
    sql << "(" << column(order.field().name()) << " IS NULL)";
  }

 private:
  static std::string column(std::string_view name) {
    for (const std::string_view known : {"experiment_id", "name", "creation_time", "last_update_time"}) {
      if (name == known) return "e." + std::string(known);
    }
    throw Error(ErrorCode::kNotImplemented,
                "This store keeps no attribute '" + std::string(name) + "' of experiments.");
  }

  static void append_tag_condition(sql::SqlText& sql, const v1::Comparison& comparison) {
    const v1::Comparator comparator = comparison.comparator();
    sql << (comparator == v1::COMPARATOR_IS_NULL ? "NOT EXISTS (" : "EXISTS (");
    sql << "SELECT 1 FROM experiment_tags x WHERE x.experiment_id = e.experiment_id AND x.key = ";
    sql.value(comparison.field().name());
    if (comparator != v1::COMPARATOR_IS_NULL && comparator != v1::COMPARATOR_IS_NOT_NULL) {
      sql << " AND ";
      append_comparison(sql, "x.value", comparison);
    }
    sql << ")";
  }
};

sql::SqlText plan(const ExperimentQuery& query, int64_t skip) {
  const ExperimentSearchSchema schema;
  sql::SqlText sql;
  sql << "SELECT " << kExperimentColumns << " FROM experiments e WHERE e.workspace = 'default'";
  if (query.view_type() == v1::ACTIVE_ONLY) sql << " AND e.lifecycle_stage = 'active'";
  if (query.view_type() == v1::DELETED_ONLY) sql << " AND e.lifecycle_stage = 'deleted'";
  sql << " AND ";
  append_filter(sql, schema, query.filter());
  sql << " ORDER BY ";
  append_order(sql, schema, query.order_by());
  sql << " LIMIT ";
  sql.value(query.page().limit() + 1) << " OFFSET ";
  sql.value(skip);
  return sql;
}

ExperimentPage search(Connection& connection, const ExperimentQuery& query) {
  const int64_t skip = sql::offset_from(query.page().cursor());
  const sql::SqlText sql = plan(query, skip);
  auto rows = sql.prepare(connection);
  ExperimentPage page;
  while (rows.step()) {
    if (page.experiments_size() == query.page().limit()) {
      page.set_next_cursor(std::to_string(skip + query.page().limit()));
      break;
    }
    if (connection.is_remote()) {
      read_experiment_row(rows, *page.add_experiments());
    } else {
      read_experiment(connection, rows, *page.add_experiments());
    }
  }
  if (connection.is_remote()) read_tags_together(connection, *page.mutable_experiments());
  return page;
}

}  // namespace

ExperimentPage SqlTrackingStore::search_experiments(const CallContext&, const ExperimentQuery& request) {
  return database_->readers().read([&](Connection& connection) { return search(connection, request); });
}

}  // namespace millrace::tracking
