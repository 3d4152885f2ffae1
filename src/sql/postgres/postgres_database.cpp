#include "sql/postgres/postgres_database.h"

#include <algorithm>

#include "sql/postgres/postgres_connection.h"
#include "sql/postgres/schema.h"
#include "sql/postgres/uri.h"
#include "sql/schema_check.h"

namespace millrace::sql {
namespace {

using postgres::Target;

bool exists(Connection& connection, std::string_view name) {
  auto row = connection.prepare("SELECT to_regclass(?1) IS NOT NULL");
  row.bind(1, name).step();
  return row.integer(0) != 0;
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
  connection.execute("SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(" +
                     std::to_string(kPostgresSchemaLock) + ")");
  if (exists(connection, "alembic_version")) {
    refuse_other_revision(connection, label);
  } else if (exists(connection, "experiments") || exists(connection, "runs")) {
    refuse_unversioned_tables(label);
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

// As a setting of the session from its start on, so that the driver waits as long too.
std::unique_ptr<Connection> connect_patiently_to_postgres(const std::string& uri) {
  Target target = postgres::parse_uri(uri);
  constexpr const char* kDay = "-cstatement_timeout=86400000";
  const auto found = std::find_if(target.options.begin(), target.options.end(),
                                  [](const auto& option) { return option.first == "options"; });
  if (found == target.options.end())
    target.options.emplace_back("options", kDay);
  else
    found->second += std::string(" ") + kDay;
  return connect(target);
}

PostgresDatabase::PostgresDatabase(const PostgresDatabaseOptions& options)
    : Database(
          open_writer(postgres::parse_uri(options.uri), options.artifact_root),
          [target = postgres::parse_uri(options.uri)] { return connect(target); }, options.readers) {}

}  // namespace millrace::sql
