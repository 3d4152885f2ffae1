#include "server/tracking_server.h"

#include "access/policy.h"
#include "artifacts/artifact_proxy_service.h"
#include "artifacts/artifact_service.h"
#include "plugin/host/plugin_host.h"
#include "registry/model_version_service.h"
#include "registry/registered_model_service.h"
#include "registry/webhooks/webhooks.h"
#include "server/access_log.h"
#include "server/app/mounted_app.h"
#include "server/application.h"
#include "server/change_relay.h"
#include "server/changes.h"
#include "server/metrics.h"
#include "server/pages.h"
#include "server/plugin_metrics.h"
#include "server/repositories.h"
#include "server/server_status.h"
#include "server/stores.h"
#include "server/webhook_metrics.h"
#include "sql/postgres/uri.h"
#include "tracking/dataset_service.h"
#include "tracking/experiment_service.h"
#include "tracking/logged_model_service.h"
#include "tracking/metric_service.h"
#include "tracking/overview_service.h"
#include "tracking/run_service.h"

namespace millrace::server {
namespace {

// Of a stop, beside the time that requests in flight get.
constexpr std::chrono::seconds kWebhookPatience{5};

registry::RegistrySettings registry_settings(const Settings& settings) {
  return {{artifact_root(settings), settings.artifacts_destination}, settings.allowed_host_schemes};
}

tracking::TrackingSettings tracking_settings(const Settings& settings) {
  return {artifact_root(settings),
          settings.truncate_long_values ? tracking::LongValues::kTruncate : tracking::LongValues::kRefuse};
}

// Whether a plugin could be asked for what a client reads: an experiment may name any repository as its
// place.
bool may_read_from_plugins(const plugin::Catalog& catalog) {
  for (const auto kind : {plugin::Kind::kRegistryStore, plugin::Kind::kArtifactRepository}) {
    for (const plugin::Provider& provider : catalog.all_of(kind)) {
      if (provider.plugin != nullptr) return true;
    }
  }
  return false;
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
      : plugins_(checked_catalog(settings.plugins), settings.plugins, plugin::process_environment(), log),
        stores_(settings, plugins_, log),
        app_(settings.app_name.empty()
                 ? nullptr
                 : std::make_unique<MountedApp>(settings, plugins_, stores_.tracking(), log)),
        policy_(app_ == nullptr ? static_cast<access::Policy&>(allow_all_) : app_->policy()),
        repositories_(all_repositories(plugins_)),
        locations_(repositories_, {settings.serve_artifacts, settings.artifacts_destination}),
        experiments_(stores_.tracking(), tracking_settings(settings)),
        runs_(stores_.tracking(), tracking_settings(settings)),
        metric_histories_(stores_.tracking()),
        overviews_(stores_.tracking()),
        datasets_(stores_.tracking()),
        run_artifacts_(stores_.tracking(), stores_.registry(), locations_),
        artifact_proxy_(locations_),
        models_(stores_.tracking(),
                [this](const CallContext& context, const std::string& root, const std::string& path) {
                  return run_artifacts_.list(context, root, path);
                }),
        webhooks_(stores_.registry(), settings.webhooks, log),
        registered_models_(stores_.registry(), webhooks_.listener()),
        model_versions_(stores_.registry(), stores_.tracking(), registry_settings(settings),
                        webhooks_.listener()),
        relay_(make_relay(settings, log)),
        metrics_(wire::operations()),
        health_(plugins_, stores_.tracking(), stores_.registry()),
        status_(settings, plugins_, health_, metrics_, make_figures()),
        services_(make_services()),
        routes_(wire::operations()),
        pace_(wire::operations()),
        application_({services_, policy_, log, pace_, changes_, settings.static_prefix, settings.body_limit,
                      settings.artifact_body_limit, settings.read_only,
                      !stores_.is_remote() && !may_read_from_plugins(plugins_.catalog())},
                     BrowserGuard(settings.guard), routes_),
        access_log_(log, metrics_, settings.log_requests),
        listener_(settings.http, application_, access_log_) {
    add_pages(application_, settings, metrics_, services_, policy_, health_);
    if (app_ != nullptr) app_->protect(application_);
    if (settings.artifacts_only) application_.serve_only(is_artifact_path);
    add_gauges();
  }

  http::Server& listener() { return listener_; }

  // What requests have changed is told before the end, if receivers take it soon.
  void stop() {
    listener_.stop();
    webhooks_.stop(kWebhookPatience);
  }

 private:
  Services make_services() {
    Services services;
    services.experiment_service = &experiments_;
    services.run_service = &runs_;
    services.metric_service = &metric_histories_;
    services.overview_service = &overviews_;
    services.change_service = &changes_;
    services.server_service = &status_;
    services.dataset_service = &datasets_;
    services.logged_model_service = &models_;
    services.registered_model_service = &registered_models_;
    services.model_version_service = &model_versions_;
    services.webhook_service = &webhooks_.service();
    services.artifact_service = &run_artifacts_;
    services.artifact_proxy_service = &artifact_proxy_;
    return services;
  }

  // Other servers on the database learn what is changed here, and the other way round.
  std::unique_ptr<ChangeRelay> make_relay(const Settings& settings, Log& log) {
    const std::string& uri = settings.backend_store_uri;
    if (!stores_.has_database() || !sql::postgres::is_postgres_uri(uri)) return nullptr;
    auto relay = std::make_unique<ChangeRelay>(
        uri, [this](const ChangeSet& changes) { changes_.tell(changes); }, log);
    changes_.relay_to([&relay = *relay](const ChangeSet& changes) { relay.send(changes); });
    return relay;
  }

  // Asked once requests come, when all parts are there.
  ServerFigures make_figures() {
    return {[this] { return listener_figures(); }, [this] { return writer_figures(); }};
  }

  v1::ListenerStatus listener_figures() const {
    const http::ServerStatistics statistics = listener_.statistics();
    v1::ListenerStatus figures;
    figures.set_open_connections(statistics.open_connections);
    figures.set_queued_calls(statistics.queued_calls);
    figures.set_running_calls(statistics.running_calls);
    figures.set_worker_threads(statistics.worker_threads);
    figures.set_live_streams(changes_.subscribers());
    return figures;
  }

  std::optional<v1::WriterStatus> writer_figures() const {
    const auto statistics = stores_.writer_statistics();
    if (!statistics) return std::nullopt;
    v1::WriterStatus figures;
    figures.set_queued_writes(statistics->waiting);
    figures.set_commits(static_cast<int64_t>(statistics->groups));
    figures.set_writes(static_cast<int64_t>(statistics->tasks));
    figures.set_largest_commit(static_cast<int64_t>(statistics->largest));
    return figures;
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
    if (stores_.writer_statistics()) add_writer_gauges(count);
    metrics_.add_text([this] { return webhook_metrics(webhooks_.statistics()); });
    metrics_.add_text([this] { return plugin_metrics(plugins_.health()); });
  }

  template <typename Count>
  void add_writer_gauges(Count count) {
    count("millrace_store_queued_writes", "Writes waiting for the database",
          [this] { return stores_.writer_statistics()->waiting; });
    count("millrace_store_commits", "Transactions committed since the start",
          [this] { return stores_.writer_statistics()->groups; });
    count("millrace_store_writes", "Writes committed in them",
          [this] { return stores_.writer_statistics()->tasks; });
    count("millrace_store_largest_commit", "Writes in the largest of them",
          [this] { return stores_.writer_statistics()->largest; });
  }

  access::AllowAll allow_all_;
  plugin::PluginHost plugins_;
  Stores stores_;
  std::unique_ptr<MountedApp> app_;
  access::Policy& policy_;
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
  registry::Webhooks webhooks_;
  registry::RegistryModelService registered_models_;
  registry::RegistryVersionService model_versions_;
  ChangeFeed changes_;
  std::unique_ptr<ChangeRelay> relay_;
  Metrics metrics_;
  HealthReport health_;
  ServerStatusService status_;
  Services services_;
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
  parts_->stop();
}
uint16_t TrackingServer::port() const {
  return parts_->listener().port();
}

}  // namespace millrace::server
