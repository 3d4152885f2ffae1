#include "sql/search_sql.h"

#include "base/error.h"

namespace millrace::sql {
namespace {

std::string_view symbol(v1::Comparator comparator) {
  switch (comparator) {
    case v1::COMPARATOR_EQUAL:
      return " = ";
    case v1::COMPARATOR_NOT_EQUAL:
      return " <> ";
    case v1::COMPARATOR_LESS:
      return " < ";
    case v1::COMPARATOR_LESS_EQUAL:
      return " <= ";
    case v1::COMPARATOR_GREATER:
      return " > ";
    case v1::COMPARATOR_GREATER_EQUAL:
      return " >= ";
    default:
      break;
  }
  throw Error(ErrorCode::kNotImplemented, "This store does not know the comparator of a filter.");
}

SqlText::Value value_of(const v1::Comparison& comparison) {
  switch (comparison.value_case()) {
    case v1::Comparison::kNumber:
      return comparison.number();
    case v1::Comparison::kInteger:
      return comparison.integer();
    default:
      return comparison.text();
  }
}

void append_list(SqlText& sql, std::string_view column, const v1::Comparison& comparison) {
  sql << column << (comparison.comparator() == v1::COMPARATOR_IN ? " IN (" : " NOT IN (");
  for (int i = 0; i < comparison.texts().values_size(); ++i) {
    if (i > 0) sql << ",";
    sql.value(comparison.texts().values(i));
  }
  sql << ")";
}

void append_list(SqlText& sql, const FilterSchema& schema, const v1::FilterList& list,
                 std::string_view word) {
  sql << "(";
  for (int i = 0; i < list.filters_size(); ++i) {
    if (i > 0) sql << word;
    append_filter(sql, schema, list.filters(i));
  }
  sql << ")";
}

}  // namespace

Statement SqlText::prepare(Connection& connection) const {
  Statement statement = connection.prepare(text_);
  int position = 0;
  for (const Value& value : values_) {
    ++position;
    if (const auto* number = std::get_if<int64_t>(&value)) {
      statement.bind(position, *number);
    } else if (const auto* real = std::get_if<double>(&value)) {
      statement.bind(position, *real);
    } else {
      statement.bind(position, std::string_view(std::get<std::string>(value)));
    }
  }
  return statement;
}

void append_comparison(SqlText& sql, std::string_view column, const v1::Comparison& comparison) {
  switch (comparison.comparator()) {
    case v1::COMPARATOR_IN:
    case v1::COMPARATOR_NOT_IN:
      append_list(sql, column, comparison);
      return;
    case v1::COMPARATOR_LIKE:
      sql << column << " LIKE ";
      sql.value(comparison.text());
      return;
    case v1::COMPARATOR_ILIKE:
      sql << "lower(" << column << ") LIKE lower(";
      sql.value(comparison.text()) << ")";
      return;
    default:
      sql << column << symbol(comparison.comparator());
      sql.value(value_of(comparison));
  }
}

void append_filter(SqlText& sql, const FilterSchema& schema, const v1::Filter& filter) {
  switch (filter.node_case()) {
    case v1::Filter::kAllOf:
      append_list(sql, schema, filter.all_of(), " AND ");
      return;
    case v1::Filter::kAnyOf:
      append_list(sql, schema, filter.any_of(), " OR ");
      return;
    case v1::Filter::kComparison:
      schema.append_condition(sql, filter.comparison());
      return;
    default:
      sql << "TRUE";
  }
}

void append_order(SqlText& sql, const SearchSchema& schema,
                  const google::protobuf::RepeatedPtrField<v1::OrderBy>& order_by) {
  bool first = true;
  for (const v1::OrderBy& order : order_by) {
    if (!first) sql << ", ";
    first = false;
    schema.append_rank(sql, order);
    sql << ", ";
    schema.append_value(sql, order);
    if (order.descending()) sql << " DESC";
  }
}

}  // namespace millrace::sql
