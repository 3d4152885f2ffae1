#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "millrace/v1/query.pb.h"
#include "sql/connection.h"

namespace millrace::sql {

/// SQL text with the values of its parameters ?1, ?2, ... kept apart, so that no value ever becomes SQL.
class SqlText {
 public:
  using Value = std::variant<int64_t, double, std::string>;

  SqlText& operator<<(std::string_view sql) {
    text_ += sql;
    return *this;
  }

  /// Appends a parameter.
  SqlText& value(Value value) {
    values_.push_back(std::move(value));
    text_ += "?" + std::to_string(values_.size());
    return *this;
  }

  /// The statement with its values bound; it must not outlive this object.
  Statement prepare(Connection& connection) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::vector<Value> values_;
};

/// How one kind of entity keeps what filters speak of.
class FilterSchema {
 public:
  virtual ~FilterSchema() = default;
  /// Appends a boolean expression for a comparison.
  virtual void append_condition(SqlText& sql, const v1::Comparison& comparison) const = 0;
};

/// How one kind of entity keeps what filters and orderings speak of.
class SearchSchema : public FilterSchema {
 public:
  /// Appends an expression that gives the field's value, or NULL when the entity lacks it. For a metric that
  /// is NaN `rank` comes in: see append_order.
  virtual void append_value(SqlText& sql, const v1::OrderBy& order) const = 0;
  /// Appends an expression that sorts first what has a value: 0, 1 for NaN, 2 for none.
  virtual void append_rank(SqlText& sql, const v1::OrderBy& order) const = 0;
};

/// Appends the filter as a boolean expression; "TRUE" when it accepts everything.
void append_filter(SqlText& sql, const FilterSchema& schema, const v1::Filter& filter);

/// Appends terms of an ORDER BY, separated by commas.
void append_order(SqlText& sql, const SearchSchema& schema,
                  const google::protobuf::RepeatedPtrField<v1::OrderBy>& order_by);

/// Appends "column = ?", "column LIKE ?", "column IN (?, ?)", ... for the comparison's value.
void append_comparison(SqlText& sql, std::string_view column, const v1::Comparison& comparison);

}  // namespace millrace::sql
