#pragma once

#include <string>

#include "sql/reader_pool.h"
#include "sql/writer.h"

namespace millrace::sql {

/// The schema revision of MLflow 3.17 that this store knows.
inline constexpr const char* kSchemaRevision = "dc11669786a5";

/// What opening a database takes.
struct SqliteDatabaseOptions {
  std::string path;
  /// Location of the artifacts of experiment 0, used when the database is new.
  std::string artifact_root;
  size_t readers = 8;
};

/// An SQLite database with MLflow's schema: made when the file is not there, taken over in place when it is.
/// The journal is switched to WAL and commits reach the disk (synchronous=FULL); the schema is left as MLflow
/// knows it but for indexes whose names start with "millrace_". Throws Error when the file has another schema
/// revision, is no database, or cannot be written.
class SqliteDatabase {
 public:
  explicit SqliteDatabase(const SqliteDatabaseOptions& options);

  Writer& writer() { return writer_; }
  ReaderPool& readers() { return readers_; }

 private:
  Writer writer_;
  ReaderPool readers_;
};

}  // namespace millrace::sql
