#pragma once

#include "sql/search_sql.h"

namespace millrace::tracking {

/// Runs: the row of `runs` is called r in the expressions.
class RunSearchSchema : public sql::SearchSchema {
 public:
  void append_condition(sql::SqlText& sql, const v1::Comparison& comparison) const override;
  void append_value(sql::SqlText& sql, const v1::OrderBy& order) const override;
  void append_rank(sql::SqlText& sql, const v1::OrderBy& order) const override;
};

/// Column of `runs` for a canonical attribute. Throws NOT_IMPLEMENTED for one that is not known.
std::string run_column(std::string_view attribute);

}  // namespace millrace::tracking
