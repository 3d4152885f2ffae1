#include "server/stores.h"

#include <filesystem>
#include <map>

#include "base/clock.h"
#include "base/error.h"
#include "millrace/v1/plugin/registry_store.proxy.gen.h"
#include "millrace/v1/plugin/tracking_store.proxy.gen.h"
#include "plugin/scheme.h"
#include "registry/stores/file/file_registry_store.h"
#include "registry/stores/sql/sql_registry_store.h"
#include "sql/mssql/mssql_database.h"
#include "sql/mssql/uri.h"
#include "sql/mysql/mysql_database.h"
#include "sql/mysql/uri.h"
#include "sql/postgres/postgres_database.h"
#include "sql/postgres/uri.h"
#include "sql/sqlite_database.h"
#include "sql/sqlite_uri.h"
#include "tracking/stores/file/file_tracking_store.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::server {
namespace {

void require_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) return;
  throw_invalid_parameter("There is no database '" + path +
                          "' to look at; without --read-only it would be made.");
}

std::shared_ptr<sql::Database> open_sqlite(const Settings& settings, const std::string& uri) {
  sql::SqliteDatabaseOptions options;
  options.path = sql::sqlite_path(uri);
  options.read_only = settings.read_only;
  if (settings.read_only) require_file(options.path);
  options.artifact_root = artifact_root(settings);
  // As many as there are threads that may read: none of them waits for a connection.
  options.readers =
      static_cast<size_t>(settings.http.worker_threads) + static_cast<size_t>(settings.http.io_threads);
  return std::make_shared<sql::SqliteDatabase>(options);
}

std::shared_ptr<sql::Database> open_postgres(const Settings& settings, const std::string& uri) {
  sql::PostgresDatabaseOptions options;
  options.uri = uri;
  options.artifact_root = artifact_root(settings);
  return std::make_shared<sql::PostgresDatabase>(options);
}

std::shared_ptr<sql::Database> open_mysql(const Settings& settings, const std::string& uri) {
  sql::MysqlDatabaseOptions options;
  options.uri = uri;
  options.artifact_root = artifact_root(settings);
  return std::make_shared<sql::MysqlDatabase>(options);
}

std::shared_ptr<sql::Database> open_mssql(const Settings& settings, const std::string& uri) {
  sql::MssqlDatabaseOptions options;
  options.uri = uri;
  options.artifact_root = artifact_root(settings);
  return std::make_shared<sql::MssqlDatabase>(options);
}

bool is_same_database(const std::string& a, const std::string& b) {
  if (sql::is_sqlite_uri(a) && sql::is_sqlite_uri(b)) return sql::sqlite_path(a) == sql::sqlite_path(b);
  return a == b;
}

// Stands where a store should be that nobody provides.
class MissingStore : public plugin::Channel {
 public:
  const std::string& label() const override { return label_; }
  bool has_capability(std::string_view) const override { return true; }
  std::string call(const CallContext&, const plugin::Method&, std::string_view) override { fail(); }
  std::unique_ptr<ByteSource> download(const CallContext&, const plugin::Method&, std::string_view) override {
    fail();
  }
  std::unique_ptr<ByteSink> upload(const CallContext&, const plugin::Method&, std::string_view) override {
    fail();
  }

 private:
  [[noreturn]] static void fail() {
    throw Error(
        ErrorCode::kNotImplemented,
        "This server has no model registry: the plugin that keeps its runs does not provide one. Name "
        "another store with --registry-store-uri, e.g. sqlite:///registry.db.");
  }

  const std::string label_ = "model registry";
};

// Folders of file stores, each opened once.
using FileIndexes = std::map<std::string, std::shared_ptr<tracking::files::FileIndex>>;

std::shared_ptr<tracking::files::FileIndex> open_folder(const Settings& settings, const std::string& uri,
                                                        Log& log, FileIndexes& opened) {
  using tracking::files::Access;
  const std::string path = tracking::files::file_store_path(uri);
  auto& index = opened[path];
  if (index != nullptr) return index;
  tracking::files::FileIndexOptions options;
  options.readers = static_cast<size_t>(settings.http.worker_threads);
  if (tracking::files::is_file_store_uri(settings.default_artifact_root))
    options.artifact_roots.push_back(artifact_root(settings));
  if (tracking::files::is_file_store_uri(settings.artifacts_destination))
    options.artifact_roots.push_back(
        std::filesystem::absolute(tracking::files::file_store_path(settings.artifacts_destination)).string());
  const Access access = settings.read_only ? Access::kReadOnly : Access::kReadWrite;
  index = std::make_shared<tracking::files::FileIndex>(path, access, options, log);
  return index;
}

enum class Home { kDatabase, kFolder, kPlugin };

Home home_of(const plugin::PluginHost& plugins, plugin::Kind kind, const std::string& uri) {
  const bool in_database = is_database_uri(uri);
  const bool in_folder = tracking::files::is_file_store_uri(uri);
  if (!in_database && !in_folder) return Home::kPlugin;
  if (plugins.catalog().for_uri(kind, uri).plugin != nullptr) return Home::kPlugin;
  return in_database ? Home::kDatabase : Home::kFolder;
}

std::shared_ptr<RegistryStore> registry_of_plugin(plugin::PluginHost& plugins, const std::string& uri) {
  return std::make_shared<plugin::RegistryStoreProxy>(plugins.open_uri(plugin::Kind::kRegistryStore, uri));
}

// For the backend store's URI: its plugin may keep models too, or not.
std::shared_ptr<RegistryStore> registry_beside(plugin::PluginHost& plugins, const std::string& uri) {
  const std::string scheme = plugin::scheme_of(uri);
  for (const plugin::Provider& provider : plugins.catalog().all_of(plugin::Kind::kRegistryStore)) {
    if (provider.name.name == scheme) return registry_of_plugin(plugins, uri);
  }
  return std::make_shared<plugin::RegistryStoreProxy>(std::make_shared<MissingStore>());
}

// Clients expect an experiment "Default" in every store, made before all others. Another server that starts
// on the same store may be first.
void make_default_experiment(TrackingStore& store, const std::string& root) {
  v1::plugin::ExperimentQuery any;
  any.set_view_type(v1::ALL);
  any.mutable_page()->set_limit(1);
  v1::OrderBy& order = *any.add_order_by();  // stores may count on an order that is total
  order.mutable_field()->set_kind(v1::FIELD_KIND_ATTRIBUTE);
  order.mutable_field()->set_name("experiment_id");
  if (store.search_experiments(CallContext(), any).experiments_size() > 0) return;
  v1::plugin::NewExperiment experiment;
  experiment.set_name("Default");
  experiment.set_artifact_root(root);
  experiment.set_creation_time(unix_millis());
  try {
    store.create_experiment(CallContext(), experiment);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kResourceAlreadyExists) throw;
  }
}

}  // namespace

bool is_database_uri(const std::string& uri) {
  return sql::is_sqlite_uri(uri) || sql::postgres::is_postgres_uri(uri) || sql::mysql::is_mysql_uri(uri) ||
         sql::mssql::is_mssql_uri(uri);
}

std::shared_ptr<sql::Database> open_database(const Settings& settings, const std::string& uri) {
  if (sql::is_sqlite_uri(uri)) return open_sqlite(settings, uri);
  if (sql::mssql::is_mssql_uri(uri)) return open_mssql(settings, uri);
  return sql::mysql::is_mysql_uri(uri) ? open_mysql(settings, uri) : open_postgres(settings, uri);
}

Stores::Stores(const Settings& settings, plugin::PluginHost& plugins, Log& log) {
  const std::string& uri = settings.backend_store_uri;
  FileIndexes folders;
  switch (home_of(plugins, plugin::Kind::kTrackingStore, uri)) {
    case Home::kDatabase:
      database_ = open_database(settings, uri);
      tracking_ = std::make_shared<tracking::SqlTrackingStore>(database_);
      break;
    case Home::kFolder:
      tracking_ = std::make_shared<tracking::FileTrackingStore>(open_folder(settings, uri, log, folders));
      break;
    case Home::kPlugin:
      tracking_ =
          std::make_shared<plugin::TrackingStoreProxy>(plugins.open_uri(plugin::Kind::kTrackingStore, uri));
  }
  if (database_ == nullptr && !settings.read_only)
    make_default_experiment(*tracking_, artifact_root(settings));
  const std::string& models = settings.registry_store_uri.empty() ? uri : settings.registry_store_uri;
  switch (home_of(plugins, plugin::Kind::kRegistryStore, models)) {
    case Home::kDatabase: {
      const bool same = database_ != nullptr && is_same_database(models, uri);
      registry_ =
          std::make_shared<registry::SqlRegistryStore>(same ? database_ : open_database(settings, models));
      break;
    }
    case Home::kFolder:
      registry_ = std::make_shared<registry::FileRegistryStore>(
          std::make_shared<registry::files::RegistryIndex>(open_folder(settings, models, log, folders), log));
      break;
    case Home::kPlugin:
      registry_ = settings.registry_store_uri.empty() ? registry_beside(plugins, uri)
                                                      : registry_of_plugin(plugins, models);
  }
}

std::optional<sql::WriterStatistics> Stores::writer_statistics() const {
  if (database_ == nullptr) return std::nullopt;
  return database_->writer().statistics();
}

}  // namespace millrace::server
