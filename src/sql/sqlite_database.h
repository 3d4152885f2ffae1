#pragma once

#include <string>

#include "sql/database.h"

namespace millrace::sql {

/// What opening a database takes.
struct SqliteDatabaseOptions {
  std::string path;
  /// Location of the artifacts of experiment 0, used when the database is new; empty: there will be none.
  std::string artifact_root;
  size_t readers = 8;
  /// Changes nothing of the file and makes none; see open_read_only(). Each write throws PERMISSION_DENIED.
  bool read_only = false;
};

/// An SQLite database with MLflow's schema: made when the file is not there, taken over in place when it is.
/// The journal is switched to WAL and commits reach the disk (synchronous=FULL); the schema is left as MLflow
/// knows it but for indexes whose names start with "millrace_". Throws Error when the file has another schema
/// revision, is no database, or cannot be written.
class SqliteDatabase : public Database {
 public:
  explicit SqliteDatabase(const SqliteDatabaseOptions& options);
};

}  // namespace millrace::sql
