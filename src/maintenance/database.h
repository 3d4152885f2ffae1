#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace millrace::maintenance {

enum class Dialect { kSqlite, kPostgres, kMysql };

/// Hears of progress: a whole line.
using Tell = std::function<void(const std::string& line)>;

/// Which database a URI names. Throws INVALID_PARAMETER_VALUE for a URI of none that Millrace knows.
Dialect dialect_of(const std::string& uri);

/// The dialect's name in what is printed: "SQLite".
std::string_view name_of(Dialect dialect);

/// A name of a table, column or constraint, quoted for the database.
std::string quoted_name(std::string_view name, Dialect dialect);

/// Whether the file of an SQLite URI is there.
bool sqlite_file_exists(const std::string& uri);
/// Throws INVALID_PARAMETER_VALUE when it is not.
void require_sqlite_file(const std::string& uri);

}  // namespace millrace::maintenance
