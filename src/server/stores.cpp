#include "server/stores.h"

#include "base/clock.h"
#include "base/error.h"
#include "millrace/v1/plugin/registry_store.proxy.gen.h"
#include "millrace/v1/plugin/tracking_store.proxy.gen.h"
#include "plugin/scheme.h"
#include "registry/stores/sql/sql_registry_store.h"
#include "sql/postgres/postgres_database.h"
#include "sql/postgres/uri.h"
#include "sql/sqlite_database.h"
#include "sql/sqlite_uri.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::server {
namespace {

std::shared_ptr<sql::Database> open_sqlite(const Settings& settings, const std::string& uri) {
  sql::SqliteDatabaseOptions options;
  options.path = sql::sqlite_path(uri);
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

std::shared_ptr<sql::Database> open_database(const Settings& settings, const std::string& uri) {
  return sql::is_sqlite_uri(uri) ? open_sqlite(settings, uri) : open_postgres(settings, uri);
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

bool is_built_in(const plugin::PluginHost& plugins, plugin::Kind kind, const std::string& uri) {
  const bool known = sql::is_sqlite_uri(uri) || sql::postgres::is_postgres_uri(uri);
  return known && plugins.catalog().for_uri(kind, uri).plugin == nullptr;
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

Stores::Stores(const Settings& settings, plugin::PluginHost& plugins) {
  const std::string& uri = settings.backend_store_uri;
  if (is_built_in(plugins, plugin::Kind::kTrackingStore, uri)) {
    database_ = open_database(settings, uri);
    tracking_ = std::make_shared<tracking::SqlTrackingStore>(database_);
  } else {
    tracking_ =
        std::make_shared<plugin::TrackingStoreProxy>(plugins.open_uri(plugin::Kind::kTrackingStore, uri));
    make_default_experiment(*tracking_, artifact_root(settings));
  }
  const std::string& models = settings.registry_store_uri;
  if (!models.empty() && !is_built_in(plugins, plugin::Kind::kRegistryStore, models)) {
    registry_ = registry_of_plugin(plugins, models);
  } else if (!models.empty()) {
    const bool same = database_ != nullptr && is_same_database(models, uri);
    registry_ =
        std::make_shared<registry::SqlRegistryStore>(same ? database_ : open_database(settings, models));
  } else if (database_ != nullptr) {
    registry_ = std::make_shared<registry::SqlRegistryStore>(database_);
  } else {
    registry_ = registry_beside(plugins, uri);
  }
}

std::optional<sql::WriterStatistics> Stores::writer_statistics() const {
  if (database_ == nullptr) return std::nullopt;
  return database_->writer().statistics();
}

}  // namespace millrace::server
