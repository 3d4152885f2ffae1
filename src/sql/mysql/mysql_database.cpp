#include "sql/mysql/mysql_database.h"

#include "base/error.h"
#include "sql/mysql/mysql_connection.h"
#include "sql/mysql/schema.h"
#include "sql/mysql/uri.h"
#include "sql/schema_check.h"

namespace millrace::sql {
namespace {

using mysql::MysqlConnection;
using mysql::Session;
using mysql::Target;

// Stands in a database while its schema is made, which no transaction can hold together here.
constexpr const char* kUnfinished = "millrace_unfinished_schema";

// Held by a connection until it ends. Names of locks are those of the whole server.
class SchemaLock {
 public:
  SchemaLock(Connection& connection, const std::string& label) {
    auto row = connection.prepare("SELECT GET_LOCK(CONCAT('millrace:', MD5(DATABASE())), 600)");
    if (row.step() && row.integer(0) == 1) return;
    throw Error(ErrorCode::kTemporarilyUnavailable,
                "Another server makes the schema of the " + label + " and does not end; try again.");
  }
};

bool has_table(Connection& connection, std::string_view name) {
  auto row = connection.prepare(
      "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?1");
  return row.bind(1, name).step();
}

bool has_index(Connection& connection, const mysql::Index& index) {
  auto row = connection.prepare(
      "SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ?1 AND "
      "index_name = ?2 LIMIT 1");
  return row.bind(1, index.table).bind(2, index.name).step();
}

void create_indexes(Connection& connection) {
  for (const mysql::Index& index : mysql::additive_indexes()) {
    if (has_index(connection, index)) continue;
    connection.execute("CREATE INDEX " + std::string(index.name) + " ON " + std::string(index.table) + " (" +
                       std::string(index.columns) + ")");
  }
}

void create_schema(Connection& connection) {
  const std::string mark(kUnfinished);
  connection.execute("CREATE TABLE IF NOT EXISTS " + mark + " (id INTEGER)");
  connection.execute(std::string(mysql::schema_script()));
  connection.execute("DROP TABLE " + mark);
}

// Two servers may start on one new database at once: the lock lets one of them make the schema. An index of
// many rows may take longer than other statements may.
void prepare_schema(const Target& target, const std::string& artifact_root) {
  Connection connection(std::make_unique<MysqlConnection>(target, Session::Patience::kEndless));
  const SchemaLock lock(connection, target.label());
  if (has_table(connection, kUnfinished)) {
    create_schema(connection);
  } else if (has_table(connection, "alembic_version")) {
    refuse_other_revision(connection, target.label());
  } else if (has_table(connection, "experiments") || has_table(connection, "runs")) {
    refuse_unversioned_tables(target.label());
  } else {
    create_schema(connection);
  }
  create_default_experiment(connection, artifact_root);
  create_indexes(connection);
}

std::unique_ptr<Connection> connect(const Target& target) {
  return std::make_unique<Connection>(std::make_unique<MysqlConnection>(target));
}

std::unique_ptr<Connection> open_writer(const Target& target, const std::string& artifact_root) {
  prepare_schema(target, artifact_root);
  return connect(target);
}

}  // namespace

std::unique_ptr<Connection> connect_to_mysql(const std::string& uri) {
  return connect(mysql::parse_uri(uri));
}

PatientMysqlConnection connect_patiently_to_mysql(const std::string& uri) {
  const Target target = mysql::parse_uri(uri);
  auto driver = std::make_unique<MysqlConnection>(target, Session::Patience::kEndless);
  PatientMysqlConnection patient{nullptr, [&driver = *driver] { return driver.last_error(); },
                                 target.label()};
  patient.connection = std::make_unique<Connection>(std::move(driver));
  return patient;
}

MysqlDatabase::MysqlDatabase(const MysqlDatabaseOptions& options)
    : Database(
          open_writer(mysql::parse_uri(options.uri), options.artifact_root),
          [target = mysql::parse_uri(options.uri)] { return connect(target); }, options.readers) {}

}  // namespace millrace::sql
