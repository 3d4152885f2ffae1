#pragma once

#include <string>
#include <string_view>

namespace millrace::sql::postgres {

/// Puts a statement of the stores into PostgreSQL's words:
///
/// | the stores' SQL | PostgreSQL |
/// |---|---|
/// | `?1` | `$1` |
/// | `INDEXED BY x`, `CROSS JOIN a ON`, `ORDER BY +x`: orders to SQLite's planner | `JOIN a ON`, `ORDER BY x`
/// | | `rowid`: the order in which rows came | `ctid` | | `x LIKE ?1`, which has no escapes | `x LIKE $1
/// ESCAPE ''` |
///
/// The rest means the same in both. Texts in quotes are left alone.
std::string translate(std::string_view sql);

/// How many parameters a statement has: the greatest number behind a '?' outside of quotes.
int parameters_of(std::string_view sql);

}  // namespace millrace::sql::postgres
