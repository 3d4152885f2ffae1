#include "tracking/stores/file/index_database.h"

#include <unistd.h>

#include <array>
#include <filesystem>

#include "base/error.h"
#include "sql/schema.h"

namespace millrace::tracking::files {
namespace {

// Of the tables below and of how files are read into those of MLflow.
constexpr std::string_view kVersion = "1";

constexpr const char* kOwnTables =
    "CREATE TABLE millrace_index(version TEXT NOT NULL);"
    "CREATE TABLE millrace_things(path TEXT PRIMARY KEY, kind INTEGER NOT NULL, id TEXT NOT NULL, "
    "running INTEGER NOT NULL, meta INTEGER NOT NULL, params INTEGER NOT NULL, tags INTEGER NOT NULL, "
    "links INTEGER NOT NULL, metrics INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE millrace_models(name TEXT PRIMARY KEY, stamp INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE millrace_metric_files(path TEXT NOT NULL, key TEXT NOT NULL, inode INTEGER NOT NULL, "
    "size INTEGER NOT NULL, tail INTEGER NOT NULL, stamp INTEGER NOT NULL, PRIMARY KEY(path, key)) WITHOUT "
    "ROWID;";

std::string host_name() {
  std::array<char, 256> buffer{};
  if (gethostname(buffer.data(), buffer.size() - 1) != 0) return "localhost";
  std::string name(buffer.data());
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' ? c : '_';
  return name;
}

std::unique_ptr<sql::Connection> connect(const std::string& path) {
  sql::ConnectionOptions options;
  options.create = true;
  options.cache_kilobytes = 16384;
  auto connection = std::make_unique<sql::Connection>(path, options);
  connection->execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=4000");
  return connection;
}

std::unique_ptr<sql::Connection> open_reader(const std::string& path) {
  auto connection = std::make_unique<sql::Connection>(path, sql::ConnectionOptions());
  connection->execute("PRAGMA query_only=ON; PRAGMA case_sensitive_like=ON");
  return connection;
}

bool has_table(sql::Connection& connection, std::string_view name) {
  return connection.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1")
      .bind(1, name)
      .step();
}

// Why the database cannot be used; empty when it can.
std::string fault_of(sql::Connection& connection) {
  if (!has_table(connection, "millrace_index")) return "it is empty";
  {
    auto version = connection.prepare("SELECT version FROM millrace_index");
    if (!version.step() || version.text(0) != kVersion) return "it is of another version";
  }
  auto check = connection.prepare("PRAGMA quick_check(1)");
  if (!check.step() || check.text(0) != "ok") return "it is damaged";
  return "";
}

void make_tables(sql::Connection& connection) {
  sql::Transaction transaction(connection, sql::Transaction::Kind::kWrite);
  // Another server on this machine may have been quicker.
  if (has_table(connection, "millrace_index")) return;
  connection.execute(std::string(sql::schema_script()));
  for (const std::string_view index : sql::additive_indexes()) connection.execute(std::string(index));
  connection.execute(kOwnTables);
  connection.prepare("INSERT INTO millrace_index(version) VALUES(?1)").bind(1, kVersion).run();
  transaction.commit();
}

void discard(const std::string& path) {
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix, ignored);
}

std::unique_ptr<sql::Connection> open_writer(const std::string& path, const Complain& tell) {
  std::error_code ignored;
  const bool was_there = std::filesystem::exists(path, ignored);
  std::string fault;
  if (was_there) {
    try {
      auto connection = connect(path);
      fault = fault_of(*connection);
      if (fault.empty()) return connection;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInternalError) throw;
      fault = error.what();
    }
    tell("The index " + path + " is made anew: " + fault + ".");
  }
  discard(path);
  auto connection = connect(path);
  make_tables(*connection);
  return connection;
}

}  // namespace

std::shared_ptr<sql::Database> open_index_database(const Root& root, size_t readers, const Complain& tell) {
  const std::string path = root.own_path() + "/index-" + host_name() + ".db";
  return std::make_shared<sql::Database>(
      open_writer(path, tell), [path] { return open_reader(path); }, readers);
}

}  // namespace millrace::tracking::files
