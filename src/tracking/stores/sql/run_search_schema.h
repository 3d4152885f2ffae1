#pragma once

#include "tracking/stores/sql/search_sql.h"

namespace millrace::tracking {

/// Runs: the row of `runs` is called r in the expressions.
class RunSearchSchema : public SearchSchema {
 public:
  void append_condition(SqlText& sql, const v1::Comparison& comparison) const override;
  void append_value(SqlText& sql, const v1::OrderBy& order) const override;
  void append_rank(SqlText& sql, const v1::OrderBy& order) const override;
};

/// Column of `runs` for a canonical attribute. Throws NOT_IMPLEMENTED for one that is not known.
std::string run_column(std::string_view attribute);

}  // namespace millrace::tracking
