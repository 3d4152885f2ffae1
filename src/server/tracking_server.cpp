#include "server/tracking_server.h"

#include "access/policy.h"
#include "artifacts/artifact_proxy_service.h"
#include "artifacts/artifact_service.h"
#include "registry/model_version_service.h"
#include "registry/registered_model_service.h"
#include "registry/stores/sql/sql_registry_store.h"
#include "server/access_log.h"
#include "server/application.h"
#include "server/changes.h"
#include "server/metrics.h"
#include "server/pages.h"
#include "sql/sqlite_uri.h"
#include "tracking/dataset_service.h"
#include "tracking/experiment_service.h"
#include "tracking/logged_model_service.h"
#include "tracking/metric_service.h"
#include "tracking/overview_service.h"
#include "tracking/run_service.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::server {
namespace {

sql::SqliteDatabaseOptions database_options(const Settings& settings, const std::string& uri) {
  sql::SqliteDatabaseOptions options;
  options.path = sql::sqlite_path(uri);
  options.artifact_root = artifact_root(settings);
  // As many as there are threads that may read: none of them waits for a connection.
  options.readers =
      static_cast<size_t>(settings.http.worker_threads) + static_cast<size_t>(settings.http.io_threads);
  return options;
}

// Registered models stand in the tracking store's database unless the operator names another.
std::shared_ptr<sql::SqliteDatabase> registry_database(const Settings& settings,
                                                       const std::shared_ptr<sql::SqliteDatabase>& tracking) {
  const std::string& uri = settings.registry_store_uri;
  if (uri.empty() || sql::sqlite_path(uri) == sql::sqlite_path(settings.backend_store_uri)) return tracking;
  return std::make_shared<sql::SqliteDatabase>(database_options(settings, uri));
}

registry::RegistrySettings registry_settings(const Settings& settings) {
  return {{artifact_root(settings), settings.artifacts_destination}, settings.allowed_host_schemes};
}

tracking::TrackingSettings tracking_settings(const Settings& settings) {
  return {artifact_root(settings),
          settings.truncate_long_values ? tracking::LongValues::kTruncate : tracking::LongValues::kRefuse};
}

artifacts::RepositoryRegistry built_in_repositories() {
  artifacts::RepositoryRegistry registry;
  artifacts::add_built_in_repositories(registry);
  return registry;
}

bool is_artifact_path(std::string_view path) {
  return path.find("/mlflow-artifacts/") != std::string_view::npos ||
         path.find("/millrace/artifacts/") != std::string_view::npos;
}

}  // namespace

// In the order in which the parts are made; each knows only those above it.
class TrackingServer::Parts {
 public:
  Parts(const Settings& settings, Log& log)
      : database_(
            std::make_shared<sql::SqliteDatabase>(database_options(settings, settings.backend_store_uri))),
        store_(database_),
        registry_(registry_database(settings, database_)),
        repositories_(built_in_repositories()),
        locations_(repositories_, {settings.serve_artifacts, settings.artifacts_destination}),
        experiments_(store_, tracking_settings(settings)),
        runs_(store_, tracking_settings(settings)),
        metric_histories_(store_),
        overviews_(store_),
        datasets_(store_),
        run_artifacts_(store_, registry_, locations_),
        artifact_proxy_(locations_),
        models_(store_, [this](const CallContext& context, const std::string& root,
                               const std::string& path) { return run_artifacts_.list(context, root, path); }),
        registered_models_(registry_),
        model_versions_(registry_, store_, registry_settings(settings)),
        services_(make_services()),
        metrics_(wire::operations()),
        routes_(wire::operations()),
        pace_(wire::operations()),
        application_({services_, policy_, log, pace_, changes_, settings.static_prefix, settings.body_limit,
                      settings.artifact_body_limit},
                     BrowserGuard(settings.guard), routes_),
        access_log_(log, metrics_, settings.log_requests),
        listener_(settings.http, application_, access_log_) {
    add_pages(application_, settings, metrics_, services_);
    if (settings.artifacts_only) application_.serve_only(is_artifact_path);
    add_gauges();
  }

  http::Server& listener() { return listener_; }

 private:
  Services make_services() {
    Services services;
    services.experiment_service = &experiments_;
    services.run_service = &runs_;
    services.metric_service = &metric_histories_;
    services.overview_service = &overviews_;
    services.change_service = &changes_;
    services.dataset_service = &datasets_;
    services.logged_model_service = &models_;
    services.registered_model_service = &registered_models_;
    services.model_version_service = &model_versions_;
    services.artifact_service = &run_artifacts_;
    services.artifact_proxy_service = &artifact_proxy_;
    return services;
  }

  void add_gauges() {
    const auto count = [this](const char* name, const char* help, auto read) {
      metrics_.add_gauge(name, help, [read] { return static_cast<double>(read()); });
    };
    count("millrace_open_connections", "Open client connections",
          [this] { return listener_.statistics().open_connections; });
    count("millrace_queued_calls", "Requests waiting for a worker thread",
          [this] { return listener_.statistics().queued_calls; });
    count("millrace_running_calls", "Requests on a worker thread",
          [this] { return listener_.statistics().running_calls; });
    count("millrace_worker_threads", "Worker threads",
          [this] { return listener_.statistics().worker_threads; });
    count("millrace_change_subscribers", "Pages that watch for changes",
          [this] { return changes_.subscribers(); });
    count("millrace_store_queued_writes", "Writes waiting for the database",
          [this] { return store_.writer_statistics().waiting; });
    count("millrace_store_commits", "Transactions committed since the start",
          [this] { return store_.writer_statistics().groups; });
    count("millrace_store_writes", "Writes committed in them",
          [this] { return store_.writer_statistics().tasks; });
    count("millrace_store_largest_commit", "Writes in the largest of them",
          [this] { return store_.writer_statistics().largest; });
  }

  access::AllowAll policy_;
  std::shared_ptr<sql::SqliteDatabase> database_;
  tracking::SqlTrackingStore store_;
  registry::SqlRegistryStore registry_;
  artifacts::RepositoryRegistry repositories_;
  artifacts::ArtifactLocations locations_;
  tracking::TrackingExperimentService experiments_;
  tracking::TrackingRunService runs_;
  tracking::TrackingMetricService metric_histories_;
  tracking::TrackingOverviewService overviews_;
  tracking::TrackingDatasetService datasets_;
  artifacts::RunArtifactService run_artifacts_;
  artifacts::DestinationProxyService artifact_proxy_;
  tracking::TrackingLoggedModelService models_;
  registry::RegistryModelService registered_models_;
  registry::RegistryVersionService model_versions_;
  ChangeFeed changes_;
  Services services_;
  Metrics metrics_;
  wire::RouteTable routes_;
  Pace pace_;
  Application application_;
  AccessLog access_log_;
  http::Server listener_;
};

TrackingServer::TrackingServer(const Settings& settings, Log& log) {
  check(settings);
  parts_ = std::make_unique<Parts>(settings, log);
}

TrackingServer::~TrackingServer() = default;
void TrackingServer::start() {
  parts_->listener().start();
}
void TrackingServer::stop() {
  parts_->listener().stop();
}
uint16_t TrackingServer::port() const {
  return parts_->listener().port();
}

}  // namespace millrace::server
