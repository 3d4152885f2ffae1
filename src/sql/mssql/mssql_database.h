#pragma once

#include <memory>
#include <string>

#include "sql/database.h"

namespace millrace::sql {

/// What opening a database of SQL Server takes.
struct MssqlDatabaseOptions {
  std::string uri;  ///< see mssql::parse_uri(); may have a password, so it is never to be logged
  /// Location of the artifacts of experiment 0, used when the database is new.
  std::string artifact_root;
  size_t readers = 16;  ///< connections at most; the writer has one more
};

/// A database of SQL Server with MLflow's schema: made in a database without tables, in one transaction,
/// taken over in place when it is there. A new one has to have a collation of UTF-8, so that MLflow's VARCHAR
/// columns hold every text. The schema is left as MLflow knows it but for indexes whose names start with
/// "millrace_". Several servers may open the same new database at once. Throws Error when the database cannot
/// be reached or has another schema revision, with nothing of the password in it. Connections that break
/// later are made anew.
class MssqlDatabase : public Database {
 public:
  explicit MssqlDatabase(const MssqlDatabaseOptions& options);
};

}  // namespace millrace::sql
