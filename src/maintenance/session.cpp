#include "maintenance/session.h"

#include "base/error.h"
#include "sql/mysql/mysql_database.h"
#include "sql/postgres/postgres_database.h"
#include "sql/postgres/uri.h"
#include "sql/schema_check.h"
#include "sql/sqlite_uri.h"

namespace millrace::maintenance {
namespace {

Session open_sqlite(const std::string& uri) {
  require_sqlite_file(uri);
  const std::string path = sql::sqlite_path(uri);
  sql::ConnectionOptions options;
  options.busy_timeout = std::chrono::minutes(1);
  options.cache_kilobytes = 64 * 1024;
  auto connection = std::make_unique<sql::Connection>(path, options);
  connection->execute("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON");
  return {Dialect::kSqlite, "database '" + path + "'", std::move(connection)};
}

// Counting and deleting takes as long as there are rows.
Session open_postgres(const std::string& uri) {
  return {Dialect::kPostgres, sql::postgres::parse_uri(uri).label(), sql::connect_patiently_to_postgres(uri)};
}

Session open_mysql(const std::string& uri) {
  sql::PatientMysqlConnection opened = sql::connect_patiently_to_mysql(uri);
  return {Dialect::kMysql, opened.label, std::move(opened.connection)};
}

const char* look_up_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::kSqlite:
      return "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1";
    case Dialect::kPostgres:
      return "SELECT 1 WHERE to_regclass(?1) IS NOT NULL";
    case Dialect::kMysql:
      return "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?1";
  }
  return "";
}

}  // namespace

Session open_session(const std::string& uri) {
  switch (dialect_of(uri)) {
    case Dialect::kSqlite:
      return open_sqlite(uri);
    case Dialect::kPostgres:
      return open_postgres(uri);
    case Dialect::kMysql:
      return open_mysql(uri);
  }
  throw_invalid_parameter("No such database.");
}

bool has_table(Session& session, std::string_view name) {
  auto row = session.connection->prepare(look_up_of(session.dialect));
  return row.bind(1, name).step();
}

void require_known_schema(Session& session) {
  if (has_table(session, "alembic_version"))
    return sql::refuse_other_revision(*session.connection, session.label);
  throw Error(ErrorCode::kInvalidState, "The " + session.label + " has no tables of MLflow.");
}

}  // namespace millrace::maintenance
