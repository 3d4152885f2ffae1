#include "sql/read_only_sqlite.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "sql/schema.h"
#include "sql/schema_check.h"

namespace millrace::sql {
namespace {

bool exists(Connection& connection, const char* type, std::string_view name) {
  auto row = connection.prepare("SELECT 1 FROM sqlite_master WHERE type = ?1 AND name = ?2");
  return row.bind(1, type).bind(2, name).step();
}

bool has_content(const std::string& path) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(path, missing);
  return !missing && size > 0;
}

// Opening looks at nothing of the file, the first read does.
std::unique_ptr<Connection> open(const std::string& path, const ConnectionOptions& options) {
  auto connection = std::make_unique<Connection>(path, options);
  exists(*connection, "table", "alembic_version");
  return connection;
}

// What was committed or has to be undone stands beside the database, and nobody can be told of it without
// files that would have to be written.
void refuse_unfinished(const std::string& path) {
  for (const char* beside : {"-wal", "-journal"}) {
    if (!has_content(path + beside)) continue;
    throw Error(
        ErrorCode::kInvalidState,
        "The database '" + path + "' was not closed: '" + path + beside +
            "' has changes that are not in it yet, and its folder cannot be written. Copy both files to "
            "a folder that can be, and open the copy.");
  }
}

std::unique_ptr<Connection> open_as_it_can_be(const std::string& path, ConnectionOptions options) {
  try {
    return open(path, options);
  } catch (const Error&) {
    refuse_unfinished(path);
  }
  options.immutable = true;
  return open(path, options);
}

// "CREATE INDEX IF NOT EXISTS name ON ..."
std::string_view name_of(std::string_view index) {
  constexpr std::string_view kBefore = "IF NOT EXISTS ";
  index.remove_prefix(index.find(kBefore) + kBefore.size());
  return index.substr(0, index.find(' '));
}

bool has_indexes(Connection& connection) {
  const auto& indexes = additive_indexes();
  return std::all_of(indexes.begin(), indexes.end(),
                     [&](std::string_view index) { return exists(connection, "index", name_of(index)); });
}

void check_schema(Connection& connection, const std::string& path) {
  const std::string label = "database '" + path + "'";
  if (exists(connection, "table", "alembic_version")) return refuse_other_revision(connection, label);
  if (exists(connection, "table", "experiments")) refuse_unversioned_tables(label);
  throw Error(ErrorCode::kInvalidState,
              "The " + label + " has no tables of MLflow; without --read-only they would be made.");
}

}  // namespace

std::unique_ptr<Connection> open_read_only(const std::string& path) {
  ConnectionOptions options;
  options.read_only = true;
  auto connection = open_as_it_can_be(path, options);
  check_schema(*connection, path);
  if (!has_indexes(*connection)) connection->ignore_index_orders();
  connection->execute("PRAGMA case_sensitive_like=ON; PRAGMA mmap_size=4294967296");
  return connection;
}

}  // namespace millrace::sql
