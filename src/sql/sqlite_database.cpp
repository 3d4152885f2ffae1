#include "sql/sqlite_database.h"

#include <filesystem>

#include "base/error.h"
#include "sql/coalescing_vfs.h"
#include "sql/read_only_sqlite.h"
#include "sql/schema.h"
#include "sql/schema_check.h"

namespace millrace::sql {
namespace {

bool table_exists(Connection& connection, std::string_view name) {
  auto statement = connection.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1");
  return statement.bind(1, name).step();
}

// Two servers may start on one new file at once: the write lock lets one of them make the schema.
void prepare_schema(Connection& connection, const SqliteDatabaseOptions& options) {
  const std::string label = "database '" + options.path + "'";
  Transaction transaction(connection, Transaction::Kind::kWrite);
  if (table_exists(connection, "alembic_version")) {
    refuse_other_revision(connection, label);
  } else if (table_exists(connection, "experiments") || table_exists(connection, "runs")) {
    refuse_unversioned_tables(label);
  } else {
    connection.execute(std::string(schema_script()));
  }
  create_default_experiment(connection, options.artifact_root);
  for (const std::string_view index : additive_indexes()) connection.execute(std::string(index));
  transaction.commit();
}

void check_folder(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code ignored;
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored)) {
    throw Error(ErrorCode::kInvalidParameterValue,
                "Cannot open the database '" + path + "': there is no folder '" + folder.string() + "'.");
  }
}

std::unique_ptr<Connection> open_writer(const SqliteDatabaseOptions& options) {
  check_folder(options.path);
  ConnectionOptions connection_options;
  connection_options.create = true;
  connection_options.cache_kilobytes = 4096;
  connection_options.vfs = coalescing_vfs();
  auto connection = std::make_unique<Connection>(options.path, connection_options);
  connection->execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000");
  prepare_schema(*connection, options);
  return connection;
}

std::unique_ptr<Connection> open_reader(const std::string& path) {
  ConnectionOptions connection_options;
  // A reader of a WAL database writes to the shared index beside it, so it is not opened read-only.
  auto connection = std::make_unique<Connection>(path, connection_options);
  // Searches touch many pages once: mapped, they are read in place instead of being copied out of the page
  // cache.
  connection->execute("PRAGMA query_only=ON; PRAGMA case_sensitive_like=ON; PRAGMA mmap_size=4294967296");
  return connection;
}

}  // namespace

SqliteDatabase::SqliteDatabase(const SqliteDatabaseOptions& options)
    : Database(
          options.read_only ? open_read_only(options.path) : open_writer(options),
          [path = options.path, read_only = options.read_only] {
            return read_only ? open_read_only(path) : open_reader(path);
          },
          options.readers) {}

}  // namespace millrace::sql
