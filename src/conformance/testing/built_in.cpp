#include "conformance/testing/built_in.h"

#include <algorithm>
#include <cstdlib>

#include "artifacts/repositories/local/local_repository.h"
#include "conformance/testing/defects.h"
#include "conformance/testing/mariadb_server.h"
#include "conformance/testing/mssql_server.h"
#include "conformance/testing/postgres_server.h"
#include "registry/stores/file/file_registry_store.h"
#include "registry/stores/sql/sql_registry_store.h"
#include "sql/mssql/mssql_database.h"
#include "sql/mssql/uri.h"
#include "sql/mysql/mysql_database.h"
#include "sql/mysql/uri.h"
#include "sql/postgres/postgres_database.h"
#include "tracking/stores/file/file_tracking_store.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::conformance::testing {
namespace {

template <typename Functions, typename Interface>
std::shared_ptr<Functions> spoiled(std::shared_ptr<Interface> (*open)(const std::string&),
                                   const std::string& folder, const std::vector<Defect<Functions>>& defects,
                                   const std::string& check) {
  const auto defect =
      std::find_if(defects.begin(), defects.end(), [&](const auto& one) { return one.check == check; });
  const bool opens_itself = defect != defects.end() && defect->open;
  auto functions = std::make_shared<Functions>();
  delegate(*functions, opens_itself ? defect->open(folder) : open(folder));
  if (defect != defects.end() && defect->spoil) defect->spoil(*functions, folder);
  return functions;
}

constexpr const char* kArtifactRoot = "root:/artifacts";

sql::SqliteDatabaseOptions database_in(const std::string& folder) {
  sql::SqliteDatabaseOptions options;
  options.path = folder + "/store.db";
  options.artifact_root = kArtifactRoot;
  return options;
}

std::shared_ptr<sql::Database> remote_database(const std::string& folder) {
  const char* server = std::getenv(kRemoteDatabase);
  if (server == nullptr) throw Error(ErrorCode::kInternalError, std::string(kRemoteDatabase) + " is not set");
  if (sql::mssql::is_mssql_uri(server)) {
    sql::MssqlDatabaseOptions options;
    options.uri = mssql_database_of(server, folder);
    options.artifact_root = kArtifactRoot;
    return std::make_shared<sql::MssqlDatabase>(options);
  }
  if (sql::mysql::is_mysql_uri(server)) {
    sql::MysqlDatabaseOptions options;
    options.uri = mariadb_database_of(server, folder);
    options.artifact_root = kArtifactRoot;
    return std::make_shared<sql::MysqlDatabase>(options);
  }
  sql::PostgresDatabaseOptions options;
  options.uri = postgres_database_of(server, folder);
  options.artifact_root = kPostgresArtifactRoot;
  return std::make_shared<sql::PostgresDatabase>(options);
}

// What stores say of files that they leave out is no business of checks.
Log& quiet_log() {
  static Log log(LogLevel::kError, [](LogLevel, std::string_view) {});
  return log;
}

std::shared_ptr<tracking::files::FileIndex> open_index(const std::string& folder) {
  return std::make_shared<tracking::files::FileIndex>(folder, tracking::files::Access::kReadWrite,
                                                      tracking::files::FileIndexOptions(), quiet_log());
}

template <typename Functions, typename Interface>
std::shared_ptr<Functions> whole(std::shared_ptr<Interface> store) {
  auto functions = std::make_shared<Functions>();
  delegate(*functions, std::move(store));
  return functions;
}

}  // namespace

std::shared_ptr<TrackingStore> open_remote_store(const std::string& folder) {
  return std::make_shared<tracking::SqlTrackingStore>(remote_database(folder));
}

std::shared_ptr<RegistryStore> open_remote_registry(const std::string& folder) {
  return std::make_shared<registry::SqlRegistryStore>(remote_database(folder));
}

std::shared_ptr<StoreOfFunctions> serve_remote_store(const std::string& folder) {
  return whole<StoreOfFunctions>(open_remote_store(folder));
}

std::shared_ptr<RegistryOfFunctions> serve_remote_registry(const std::string& folder) {
  return whole<RegistryOfFunctions>(open_remote_registry(folder));
}

std::shared_ptr<TrackingStore> open_file_store(const std::string& folder) {
  return std::make_shared<tracking::FileTrackingStore>(open_index(folder));
}

std::shared_ptr<RegistryStore> open_file_registry(const std::string& folder) {
  return std::make_shared<registry::FileRegistryStore>(
      std::make_shared<registry::files::RegistryIndex>(open_index(folder), quiet_log()));
}

std::shared_ptr<StoreOfFunctions> serve_file_store(const std::string& folder) {
  return whole<StoreOfFunctions>(open_file_store(folder));
}

std::shared_ptr<RegistryOfFunctions> serve_file_registry(const std::string& folder) {
  return whole<RegistryOfFunctions>(open_file_registry(folder));
}

std::shared_ptr<TrackingStore> open_sqlite_store(const std::string& folder) {
  return std::make_shared<tracking::SqlTrackingStore>(database_in(folder));
}

std::shared_ptr<RegistryStore> open_sqlite_registry(const std::string& folder) {
  return std::make_shared<registry::SqlRegistryStore>(database_in(folder));
}

std::shared_ptr<ArtifactRepository> open_local_repository(const std::string& folder) {
  return std::make_shared<artifacts::LocalRepository>(folder);
}

std::shared_ptr<StoreOfFunctions> open_store_with_defect(const std::string& folder,
                                                         const std::string& check) {
  return spoiled(open_sqlite_store, folder, store_defects(), check);
}

std::shared_ptr<RegistryOfFunctions> open_registry_with_defect(const std::string& folder,
                                                               const std::string& check) {
  return spoiled(open_sqlite_registry, folder, registry_defects(), check);
}

std::shared_ptr<RepositoryOfFunctions> open_repository_with_defect(const std::string& folder,
                                                                   const std::string& check) {
  return spoiled(open_local_repository, folder, repository_defects(), check);
}

}  // namespace millrace::conformance::testing
