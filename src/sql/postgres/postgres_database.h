#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sql/database.h"

namespace millrace::sql {

/// The advisory lock of those who make or change the schema. Any number will do, as long as all servers take
/// the same.
inline constexpr int64_t kPostgresSchemaLock = 7239517204431;

/// What opening a PostgreSQL database takes.
struct PostgresDatabaseOptions {
  std::string uri;  ///< see postgres::parse_uri(); may have a password, so it is never to be logged
  /// Location of the artifacts of experiment 0, used when the database is new; empty: there will be none.
  std::string artifact_root;
  size_t readers = 16;  ///< connections at most; the writer has one more
};

/// A PostgreSQL database with MLflow's schema: made in a database without tables, taken over in place when it
/// is there. The schema is left as MLflow knows it but for indexes whose names start with "millrace_".
/// Several servers may open the same new database at once. How durable a commit is, the server decides
/// (synchronous_commit). Throws Error when the database cannot be reached or has another schema revision,
/// with nothing of the password in it. Connections that break later are made anew.
class PostgresDatabase : public Database {
 public:
  explicit PostgresDatabase(const PostgresDatabaseOptions& options);
};

/// A connection of its own, for what is no business of the stores. Throws as PostgresDatabase does.
std::unique_ptr<Connection> connect_to_postgres(const std::string& uri);
/// The same for what takes as long as there are rows: statements have a day.
std::unique_ptr<Connection> connect_patiently_to_postgres(const std::string& uri);

}  // namespace millrace::sql
