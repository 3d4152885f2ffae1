#include <algorithm>

#include "base/error.h"
#include "sql/paging.h"
#include "sql/search_sql.h"
#include "tracking/stores/sql/logged_model_rows.h"
#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {
namespace {

using sql::Connection;
using v1::plugin::LoggedModelPage;
using v1::plugin::LoggedModelQuery;

// "(x.dataset_name = ? AND x.dataset_digest = ?) OR ..."
void append_datasets(sql::SqlText& sql, const LoggedModelQuery& query) {
  sql << "(";
  for (int i = 0; i < query.datasets_size(); ++i) {
    const auto& dataset = query.datasets(i);
    sql << (i > 0 ? " OR (x.dataset_name = " : "(x.dataset_name = ");
    sql.value(dataset.name());
    if (dataset.has_digest()) {
      sql << " AND x.dataset_digest = ";
      sql.value(dataset.digest());
    }
    sql << ")";
  }
  sql << ")";
}

// Logged models: the row of `logged_models` is called m in the expressions.
class LoggedModelSearchSchema : public sql::SearchSchema {
 public:
  explicit LoggedModelSearchSchema(const LoggedModelQuery& query) : query_(query) {}

  void append_condition(sql::SqlText& sql, const v1::Comparison& comparison) const override {
    switch (comparison.field().kind()) {
      case v1::FIELD_KIND_ATTRIBUTE:
        append_comparison(sql, column(comparison.field().name()), comparison);
        return;
      case v1::FIELD_KIND_METRIC:
        append_metric_condition(sql, comparison);
        return;
      case v1::FIELD_KIND_PARAM:
        append_text_condition(sql, "logged_model_params", "param", comparison);
        return;
      default:
        append_text_condition(sql, "logged_model_tags", "tag", comparison);
    }
  }

  void append_value(sql::SqlText& sql, const v1::OrderBy& order) const override {
    if (order.field().kind() == v1::FIELD_KIND_ATTRIBUTE) {
      sql << column(order.field().name());
      return;
    }
    sql << "(SELECT x.metric_value FROM logged_model_metrics x WHERE x.model_id = m.model_id AND "
           "x.metric_name = ";
    sql.value(order.field().name());
    if (order.has_dataset_name()) {
      sql << " AND x.dataset_name = ";
      sql.value(order.dataset_name());
    }
    if (order.has_dataset_digest()) {
      sql << " AND x.dataset_digest = ";
      sql.value(order.dataset_digest());
    }
    sql << " ORDER BY x.metric_timestamp_ms DESC, x.metric_step DESC, x.run_id LIMIT 1)";
  }

  void append_rank(sql::SqlText& sql, const v1::OrderBy& order) const override {
    sql << "(";
    append_value(sql, order);
    sql << " IS NULL)";
  }

 private:
  static std::string column(std::string_view name) {
    // The status stands as a number and is asked by name or number.
    if (name == "status") {
      return "CASE m.status WHEN 1 THEN 'PENDING' WHEN 2 THEN 'READY' WHEN 3 THEN 'FAILED' END";
    }
    if (name == "experiment_id") return "CAST(m.experiment_id AS TEXT)";
    for (const std::string_view known : {"model_id", "name", "artifact_location", "creation_timestamp_ms",
                                         "last_updated_timestamp_ms", "model_type", "source_run_id"}) {
      if (name == known) return "m." + std::string(known);
    }
    throw Error(ErrorCode::kNotImplemented,
                "This store keeps no attribute '" + std::string(name) + "' of logged models.");
  }

  void append_metric_condition(sql::SqlText& sql, const v1::Comparison& comparison) const {
    sql << "EXISTS (SELECT 1 FROM logged_model_metrics x WHERE x.model_id = m.model_id AND x.metric_name = ";
    sql.value(comparison.field().name()) << " AND ";
    append_comparison(sql, "x.metric_value", comparison);
    if (query_.datasets_size() > 0) {
      sql << " AND ";
      append_datasets(sql, query_);
    }
    sql << ")";
  }

  static void append_text_condition(sql::SqlText& sql, std::string_view table, std::string_view prefix,
                                    const v1::Comparison& comparison) {
    const v1::Comparator comparator = comparison.comparator();
    sql << (comparator == v1::COMPARATOR_IS_NULL ? "NOT EXISTS (" : "EXISTS (");
    sql << "SELECT 1 FROM " << table << " x WHERE x.model_id = m.model_id AND x." << prefix << "_key = ";
    sql.value(comparison.field().name());
    if (comparator != v1::COMPARATOR_IS_NULL && comparator != v1::COMPARATOR_IS_NOT_NULL) {
      sql << " AND ";
      append_comparison(sql, "x." + std::string(prefix) + "_value", comparison);
    }
    sql << ")";
  }

  const LoggedModelQuery& query_;
};

bool mentions_metric(const v1::Filter& filter) {
  const auto any = [](const v1::FilterList& list) {
    return std::any_of(list.filters().begin(), list.filters().end(), mentions_metric);
  };
  switch (filter.node_case()) {
    case v1::Filter::kAllOf:
      return any(filter.all_of());
    case v1::Filter::kAnyOf:
      return any(filter.any_of());
    case v1::Filter::kComparison:
      return filter.comparison().field().kind() == v1::FIELD_KIND_METRIC;
    default:
      return false;
  }
}

sql::SqlText plan(const LoggedModelQuery& query, int64_t skip) {
  const LoggedModelSearchSchema schema(query);
  sql::SqlText sql;
  sql << "SELECT " << kLoggedModelColumns << " FROM logged_models m WHERE m.lifecycle_stage <> 'deleted' AND "
      << "m.experiment_id IN " << integer_list(query.experiment_ids()) << " AND ";
  append_filter(sql, schema, query.filter());
  // Datasets without a metric in the filter ask for models that have any metric on them.
  if (query.datasets_size() > 0 && !mentions_metric(query.filter())) {
    sql << " AND EXISTS (SELECT 1 FROM logged_model_metrics x WHERE x.model_id = m.model_id AND ";
    append_datasets(sql, query);
    sql << ")";
  }
  sql << " ORDER BY ";
  append_order(sql, schema, query.order_by());
  sql << " LIMIT ";
  sql.value(query.page().limit() + 1) << " OFFSET ";
  sql.value(skip);
  return sql;
}

LoggedModelPage search(Connection& connection, const LoggedModelQuery& query) {
  const int64_t skip = sql::offset_from(query.page().cursor());
  const sql::SqlText sql = plan(query, skip);
  auto rows = sql.prepare(connection);
  LoggedModelPage page;
  while (rows.step()) {
    if (page.models_size() == query.page().limit()) {
      page.set_next_cursor(std::to_string(skip + query.page().limit()));
      break;
    }
    read_logged_model(connection, rows, *page.add_models());
  }
  return page;
}

}  // namespace

LoggedModelPage SqlTrackingStore::search_logged_models(const CallContext&, const LoggedModelQuery& request) {
  return database_->readers().read([&](Connection& connection) { return search(connection, request); });
}

}  // namespace millrace::tracking
