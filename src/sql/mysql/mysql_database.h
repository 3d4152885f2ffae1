#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sql/database.h"

namespace millrace::sql {

/// What opening a MySQL or MariaDB database takes.
struct MysqlDatabaseOptions {
  std::string uri;  ///< see mysql::parse_uri(); may have a password, so it is never to be logged
  /// Location of the artifacts of experiment 0, used when the database is new; empty: there will be none.
  std::string artifact_root;
  size_t readers = 16;  ///< connections at most; the writer has one more
};

/// A MySQL or MariaDB database with MLflow's schema: made in a database without tables, taken over in place
/// when it is there. The schema is left as MLflow knows it but for indexes whose names start with
/// "millrace_". Several servers may open the same new database at once; one that was cut off while it made
/// the schema is taken up by the next. How durable a commit is, the server decides
/// (innodb_flush_log_at_trx_commit). Throws Error when the database cannot be reached or has another schema
/// revision, with nothing of the password in it. Connections that break later are made anew.
class MysqlDatabase : public Database {
 public:
  explicit MysqlDatabase(const MysqlDatabaseOptions& options);
};

/// A connection of its own, for what is no business of the stores. Throws as MysqlDatabase does.
std::unique_ptr<Connection> connect_to_mysql(const std::string& uri);

/// A connection without time-outs, for what takes as long as there are rows.
struct PatientMysqlConnection {
  std::unique_ptr<Connection> connection;
  std::function<unsigned()> last_error;  ///< number of the last fault that the connection threw
  std::string label;                     ///< of the database, without the password
};
PatientMysqlConnection connect_patiently_to_mysql(const std::string& uri);

}  // namespace millrace::sql
