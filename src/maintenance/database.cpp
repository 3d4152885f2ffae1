#include "maintenance/database.h"

#include <filesystem>

#include "base/error.h"
#include "base/shown_uri.h"
#include "sql/mssql/uri.h"
#include "sql/mysql/uri.h"
#include "sql/postgres/uri.h"
#include "sql/sqlite_uri.h"

namespace millrace::maintenance {

Dialect dialect_of(const std::string& uri) {
  if (sql::is_sqlite_uri(uri)) return Dialect::kSqlite;
  if (sql::postgres::is_postgres_uri(uri)) return Dialect::kPostgres;
  if (sql::mysql::is_mysql_uri(uri)) return Dialect::kMysql;
  if (sql::mssql::is_mssql_uri(uri))
    throw_invalid_parameter(
        "'" + shown_uri(uri) +
        "' is on SQL Server, which 'millrace db' does not look after: 'mlflow db upgrade' and "
        "'mlflow gc' of MLflow 3.17 do.");
  throw_invalid_parameter("'" + shown_uri(uri) +
                          "' is not the URI of a database, as sqlite:///mlflow.db, postgresql://host/name or "
                          "mysql://host/name.");
}

std::string_view name_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::kSqlite:
      return "SQLite";
    case Dialect::kPostgres:
      return "PostgreSQL";
    case Dialect::kMysql:
      return "MySQL";
  }
  return "";
}

std::string quoted_name(std::string_view name, Dialect dialect) {
  const char quote = dialect == Dialect::kMysql ? '`' : '"';
  std::string text(1, quote);
  for (const char letter : name) {
    if (letter == quote) text += quote;
    text += letter;
  }
  return text + quote;
}

bool sqlite_file_exists(const std::string& uri) {
  std::error_code ignored;
  return std::filesystem::exists(sql::sqlite_path(uri), ignored);
}

void require_sqlite_file(const std::string& uri) {
  if (!sqlite_file_exists(uri))
    throw_invalid_parameter("There is no database '" + sql::sqlite_path(uri) + "'.");
}

}  // namespace millrace::maintenance
