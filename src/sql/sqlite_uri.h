#pragma once

#include <string>
#include <string_view>

namespace millrace::sql {

/// True for URIs of SQLite databases: "sqlite:" with or without a driver, as in "sqlite+pysqlite:".
bool is_sqlite_uri(std::string_view uri);

/// The file path in a SQLAlchemy URI: "sqlite:///relative.db" gives "relative.db", "sqlite:////abs.db" gives
/// "/abs.db". Throws INVALID_PARAMETER_VALUE for in-memory databases and for hosts, which SQLite has not.
std::string sqlite_path(std::string_view uri);

}  // namespace millrace::sql
