#include "sql/postgres/postgres_database.h"

#include "base/clock.h"
#include "base/error.h"
#include "sql/postgres/postgres_connection.h"
#include "sql/postgres/schema.h"
#include "sql/postgres/uri.h"

namespace millrace::sql {
namespace {

using postgres::Target;

// Any number will do, as long as all servers take the same.
constexpr const char* kLockSchema = "SELECT pg_advisory_xact_lock(7239517204431)";

bool exists(Connection& connection, std::string_view name) {
  auto row = connection.prepare("SELECT to_regclass(?1) IS NOT NULL");
  row.bind(1, name).step();
  return row.integer(0) != 0;
}

void refuse_other_revision(Connection& connection, const std::string& label) {
  auto row = connection.prepare("SELECT version_num FROM alembic_version");
  const std::string revision = row.step() ? std::string(row.text(0)) : "none";
  if (revision == kSchemaRevision) return;
  throw Error(
      ErrorCode::kInvalidState,
      "The " + label + " has schema revision " + revision + ", but this server knows revision " +
          kSchemaRevision +
          " (MLflow 3.17). Bring it up with `mlflow db upgrade` of MLflow 3.17 after making a backup, "
          "or use a server made for that revision.");
}

// Clients expect an experiment "Default" with id 0 in every database.
void create_default_experiment(Connection& connection, const std::string& artifact_root) {
  const std::string location = artifact_root + (artifact_root.ends_with('/') ? "0" : "/0");
  connection
      .prepare(
          "INSERT INTO experiments(experiment_id, name, artifact_location, lifecycle_stage, creation_time, "
          "last_update_time, workspace) SELECT 0, 'Default', ?1, 'active', ?2, ?2, 'default' "
          "WHERE NOT EXISTS (SELECT 1 FROM experiments)")
      .bind(1, location)
      .bind(2, unix_millis())
      .run();
}

// Asked first, since only the owner of a table may say CREATE INDEX IF NOT EXISTS.
void create_indexes(Connection& connection) {
  for (const postgres::Index& index : postgres::additive_indexes()) {
    if (exists(connection, index.name)) continue;
    connection.execute("CREATE INDEX " + std::string(index.name) + " " + std::string(index.definition));
  }
}

// Two servers may start on one new database at once: the lock lets one of them make the schema. An index of
// many rows may take longer than other statements may.
void prepare_schema(Connection& connection, const std::string& label, const std::string& artifact_root) {
  Transaction transaction(connection, Transaction::Kind::kWrite);
  connection.execute(std::string("SET LOCAL statement_timeout = 0; ") + kLockSchema);
  if (exists(connection, "alembic_version")) {
    refuse_other_revision(connection, label);
  } else if (exists(connection, "experiments") || exists(connection, "runs")) {
    throw Error(ErrorCode::kInvalidState, "The " + label +
                                              " has tables of MLflow but no schema revision; it is not a "
                                              "database that MLflow 1.0 or later made.");
  } else {
    connection.execute(std::string(postgres::schema_script()));
  }
  create_default_experiment(connection, artifact_root);
  create_indexes(connection);
  transaction.commit();
}

std::unique_ptr<Connection> connect(const Target& target) {
  return std::make_unique<Connection>(std::make_unique<postgres::PostgresConnection>(target));
}

std::unique_ptr<Connection> open_writer(const Target& target, const std::string& artifact_root) {
  auto connection = connect(target);
  prepare_schema(*connection, target.label(), artifact_root);
  return connection;
}

}  // namespace

std::unique_ptr<Connection> connect_to_postgres(const std::string& uri) {
  return connect(postgres::parse_uri(uri));
}

PostgresDatabase::PostgresDatabase(const PostgresDatabaseOptions& options)
    : Database(
          open_writer(postgres::parse_uri(options.uri), options.artifact_root),
          [target = postgres::parse_uri(options.uri)] { return connect(target); }, options.readers) {}

}  // namespace millrace::sql
