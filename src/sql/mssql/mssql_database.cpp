#include "sql/mssql/mssql_database.h"

#include "base/error.h"
#include "sql/mssql/mssql_connection.h"
#include "sql/mssql/schema.h"
#include "sql/mssql/uri.h"
#include "sql/schema_check.h"

namespace millrace::sql {
namespace {

using mssql::MssqlConnection;
using odbc::Target;

// Held until the transaction ends. Names of locks are those of the database. Less than 0: not given.
constexpr const char* kLockSchema =
    "DECLARE @given INT; EXEC @given = sp_getapplock @Resource = 'millrace_schema', @LockMode = 'Exclusive', "
    "@LockOwner = 'Transaction', @LockTimeout = 600000; IF @given < 0 THROW 50002, 'another server makes the "
    "schema and does not end', 1;";

bool has_table(Connection& connection, std::string_view name) {
  auto row = connection.prepare("SELECT 1 FROM sys.tables WHERE schema_id = SCHEMA_ID() AND name = ?1");
  return row.bind(1, name).step();
}

bool has_index(Connection& connection, const mssql::Index& index) {
  auto row = connection.prepare("SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(?1) AND name = ?2");
  return row.bind(1, index.table).bind(2, index.name).step();
}

void create_indexes(Connection& connection) {
  for (const mssql::Index& index : mssql::additive_indexes()) {
    if (has_index(connection, index)) continue;
    connection.execute("CREATE INDEX " + std::string(index.name) + " ON " + std::string(index.table) + " (" +
                       std::string(index.columns) + ")");
  }
}

// MLflow's columns are VARCHAR, which turns what its code page has not into question marks.
void require_utf8(const mssql::Traits& traits, const std::string& label) {
  if (traits.utf8) return;
  throw Error(ErrorCode::kInvalidState,
              "The " + label +
                  " is new, but its collation is not one of UTF-8, so that texts would be lost: make it with "
                  "CREATE DATABASE ... COLLATE Latin1_General_100_BIN2_UTF8.");
}

void create_schema(Connection& connection) {
  connection.execute(std::string(mssql::schema_script()));
  connection.execute(std::string(mssql::schema_trigger()));
}

// The experiment's number is told, which such a column takes only when asked to.
void create_default(Connection& connection, const std::string& artifact_root) {
  connection.execute("SET IDENTITY_INSERT experiments ON");
  create_default_experiment(connection, artifact_root);
  connection.execute("SET IDENTITY_INSERT experiments OFF");
}

// Two servers may start on one new database at once: the lock lets one of them make the schema. An index of
// many rows may take longer than other statements may.
void prepare_schema(const Target& target, const std::string& artifact_root) {
  auto driver = std::make_unique<MssqlConnection>(target, MssqlConnection::Patience::kEndless);
  const mssql::Traits traits = driver->traits();
  Connection connection(std::move(driver));
  Transaction transaction(connection, Transaction::Kind::kWrite);
  connection.execute(kLockSchema);
  if (has_table(connection, "alembic_version")) {
    refuse_other_revision(connection, target.label);
  } else if (has_table(connection, "experiments") || has_table(connection, "runs")) {
    refuse_unversioned_tables(target.label);
  } else {
    require_utf8(traits, target.label);
    create_schema(connection);
  }
  create_default(connection, artifact_root);
  create_indexes(connection);
  transaction.commit();
}

std::unique_ptr<Connection> connect(const Target& target) {
  return std::make_unique<Connection>(std::make_unique<MssqlConnection>(target));
}

std::unique_ptr<Connection> open_writer(const Target& target, const std::string& artifact_root) {
  prepare_schema(target, artifact_root);
  return connect(target);
}

}  // namespace

MssqlDatabase::MssqlDatabase(const MssqlDatabaseOptions& options)
    : Database(
          open_writer(mssql::parse_uri(options.uri), options.artifact_root),
          [target = mssql::parse_uri(options.uri)] { return connect(target); }, options.readers) {}

}  // namespace millrace::sql
