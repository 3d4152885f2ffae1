#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace millrace::sql::mssql {

/// An INSERT of the stores that says what becomes of rows that are there already, or that asks for the number
/// that a row got, taken apart.
struct Insertion {
  std::string_view table;
  std::vector<std::string_view> columns;
  std::vector<std::string_view> values;   ///< of one row; empty: the rows are lists
  std::vector<int> lists;                 ///< their parameters
  std::string_view returning;             ///< a column; empty: none
  bool conflict = false;                  ///< there is an ON CONFLICT
  std::vector<std::string_view> key;      ///< what rows are the same by
  std::vector<std::string_view> updated;  ///< columns that take the new value; empty: the row stays as it is
  std::vector<std::string_view> newer;    ///< only when these are greater in the new row, the first first
};

/// Nothing for what is no INSERT of one of these forms:
/// `INSERT INTO t(a, b) VALUES(...) | SELECT * FROM unnest(...)`, then `RETURNING c`, `ON CONFLICT DO
/// NOTHING` or `ON CONFLICT(a) DO UPDATE SET b = excluded.b [WHERE (excluded.b, excluded.c) > (t.b, t.c)]`.
std::optional<Insertion> parse_insertion(std::string_view sql);

}  // namespace millrace::sql::mssql
