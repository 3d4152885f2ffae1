#include "tracking/stores/sql/run_search_schema.h"

#include "base/error.h"

namespace millrace::tracking {
namespace {

std::string_view table_of(v1::FieldKind kind) {
  switch (kind) {
    case v1::FIELD_KIND_METRIC:
      return "latest_metrics";
    case v1::FIELD_KIND_PARAM:
      return "params";
    case v1::FIELD_KIND_TAG:
      return "tags";
    default:
      break;
  }
  throw Error(ErrorCode::kNotImplemented, "This store does not know the kind of a field of a filter.");
}

// The primary key of all three tables is (key, run_uuid), so each of these is one look-up.
void append_row(sql::SqlText& sql, std::string_view column, const v1::FieldRef& field) {
  sql << "SELECT " << column << " FROM " << table_of(field.kind()) << " x WHERE x.key = ";
  sql.value(field.name()) << " AND x.run_uuid = r.run_uuid";
}

// Every comparison with NaN is false but for "unequal".
void append_metric_condition(sql::SqlText& sql, const v1::Comparison& comparison) {
  sql << "EXISTS (";
  append_row(sql, "1", comparison.field());
  const bool unequal = comparison.comparator() == v1::COMPARATOR_NOT_EQUAL;
  sql << (unequal ? " AND (x.is_nan = TRUE OR " : " AND (x.is_nan = FALSE AND ");
  append_comparison(sql, "x.value", comparison);
  sql << "))";
}

void append_dataset_condition(sql::SqlText& sql, const v1::Comparison& comparison) {
  const bool context = comparison.field().name() == "context";
  sql << "EXISTS (SELECT 1 FROM inputs i ";
  sql << (context ? "JOIN input_tags t ON t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context' "
                  : "JOIN datasets d ON d.dataset_uuid = i.source_id ");
  sql << "WHERE i.destination_type = 'RUN' AND i.destination_id = r.run_uuid AND i.source_type = 'DATASET' "
         "AND ";
  append_comparison(sql,
                    context                               ? "t.value"
                    : comparison.field().name() == "name" ? "d.name"
                                                          : "d.digest",
                    comparison);
  sql << ")";
}

void append_text_condition(sql::SqlText& sql, const v1::Comparison& comparison) {
  const v1::Comparator comparator = comparison.comparator();
  const bool null_test = comparator == v1::COMPARATOR_IS_NULL || comparator == v1::COMPARATOR_IS_NOT_NULL;
  sql << (comparator == v1::COMPARATOR_IS_NULL ? "NOT EXISTS (" : "EXISTS (");
  append_row(sql, "1", comparison.field());
  if (!null_test) {
    sql << " AND ";
    append_comparison(sql, "x.value", comparison);
  }
  sql << ")";
}

}  // namespace

std::string run_column(std::string_view attribute) {
  if (attribute == "run_id") return "r.run_uuid";
  if (attribute == "run_name") return "r.name";
  for (const std::string_view same :
       {"user_id", "status", "artifact_uri", "start_time", "end_time", "experiment_id"}) {
    if (attribute == same) return "r." + std::string(same);
  }
  throw Error(ErrorCode::kNotImplemented,
              "This store keeps no attribute '" + std::string(attribute) + "' of runs.");
}

void RunSearchSchema::append_condition(sql::SqlText& sql, const v1::Comparison& comparison) const {
  switch (comparison.field().kind()) {
    case v1::FIELD_KIND_ATTRIBUTE:
      append_comparison(sql, run_column(comparison.field().name()), comparison);
      return;
    case v1::FIELD_KIND_METRIC:
      append_metric_condition(sql, comparison);
      return;
    case v1::FIELD_KIND_DATASET:
      append_dataset_condition(sql, comparison);
      return;
    default:
      append_text_condition(sql, comparison);
  }
}

void RunSearchSchema::append_value(sql::SqlText& sql, const v1::OrderBy& order) const {
  if (order.field().kind() == v1::FIELD_KIND_ATTRIBUTE) {
    sql << run_column(order.field().name());
    return;
  }
  sql << "(";
  append_row(sql, "x.value", order.field());
  sql << ")";
}

void RunSearchSchema::append_rank(sql::SqlText& sql, const v1::OrderBy& order) const {
  switch (order.field().kind()) {
    case v1::FIELD_KIND_ATTRIBUTE:
      sql << "(" << run_column(order.field().name()) << " IS NULL)";
      return;
    case v1::FIELD_KIND_METRIC:
      sql << "coalesce((";
      append_row(sql, "CAST(x.is_nan AS INTEGER)", order.field());
      sql << "), 2)";
      return;
    default:
      sql << "NOT EXISTS (";
      append_row(sql, "1", order.field());
      sql << ")";
  }
}

}  // namespace millrace::tracking
