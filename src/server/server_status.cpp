#include "server/server_status.h"

#include <filesystem>

#include "base/clock.h"
#include "base/error.h"
#include "base/shown_uri.h"
#include "server/plugin_listing.h"
#include "server/process_figures.h"
#include "server/version.h"
#include "sql/sqlite_uri.h"

namespace millrace::server {
namespace {

// Zero for a file that is not there: the journal comes and goes.
int64_t file_bytes(const std::string& path) {
  std::error_code fault;
  const auto bytes = std::filesystem::file_size(path, fault);
  return fault ? 0 : static_cast<int64_t>(bytes);
}

int64_t database_bytes(const std::string& uri) {
  const std::string path = sql::sqlite_path(uri);
  return file_bytes(path) + file_bytes(path + "-wal");
}

// What is asked without a registry of its own is the backend store's.
const std::string& registry_uri(const Settings& settings) {
  return settings.registry_store_uri.empty() ? settings.backend_store_uri : settings.registry_store_uri;
}

const std::string& artifact_uri(const Settings& settings, const std::string& root) {
  return settings.serve_artifacts ? settings.artifacts_destination : root;
}

v1::OperationStatus operation_message(const OperationCounts& counts) {
  v1::OperationStatus message;
  message.set_operation(counts.name);
  message.set_succeeded(counts.succeeded);
  message.set_client_errors(counts.client_errors);
  message.set_server_errors(counts.server_errors);
  message.set_seconds(counts.seconds);
  message.mutable_durations()->Add(counts.durations.begin(), counts.durations.end());
  return message;
}

void tell_health(const std::string& fault, v1::StoreStatus& store) {
  store.set_reachable(fault.empty());
  if (!fault.empty()) store.set_error(fault);
}

}  // namespace

ServerStatusService::ServerStatusService(const Settings& settings, const plugin::PluginHost& plugins,
                                         const HealthReport& health, const Metrics& metrics,
                                         ServerFigures figures)
    : stores_{{"tracking", plugin::Kind::kTrackingStore, settings.backend_store_uri},
              {"registry", plugin::Kind::kRegistryStore, registry_uri(settings)},
              {"artifacts", plugin::Kind::kArtifactRepository,
               artifact_uri(settings, artifact_root(settings))}},
      app_(settings.app_name),
      start_time_(unix_millis()),
      plugins_(plugins),
      health_(health),
      metrics_(metrics),
      figures_(std::move(figures)) {}

v1::PluginList ServerStatusService::list_plugins(const CallContext&, const v1::ListPluginsRequest&) {
  return server::list_plugins(plugins_);
}

v1::ServerStatus ServerStatusService::get_server_status(const CallContext& context,
                                                        const v1::GetServerStatusRequest&) {
  v1::ServerStatus status;
  status.set_version(kMillraceVersion);
  status.set_mlflow_version(kMlflowVersion);
  status.set_start_time(start_time_);
  status.set_time(unix_millis());
  add_stores(context, status);
  add_operations(status);
  *status.mutable_listener() = figures_.listener();
  const TrafficCounts traffic = metrics_.traffic();
  status.mutable_listener()->set_received_bytes(traffic.received);
  status.mutable_listener()->set_sent_bytes(traffic.sent);
  if (const auto writer = figures_.writer()) *status.mutable_writer() = *writer;
  *status.mutable_process() = process_figures();
  add_plugins(status);
  if (!app_.empty()) status.set_app(app_);
  return status;
}

v1::StoreStatus ServerStatusService::store_message(const Store& store) const {
  v1::StoreStatus message;
  message.set_role(store.role);
  message.set_uri(shown_uri(store.uri));
  try {
    const plugin::Provider provider = plugins_.catalog().for_uri(store.kind, store.uri);
    if (provider.plugin != nullptr) {
      message.set_plugin(provider.plugin->id);
    } else if (store.kind != plugin::Kind::kArtifactRepository && sql::is_sqlite_uri(store.uri)) {
      message.set_bytes(database_bytes(store.uri));
    }
  } catch (const Error& error) {
    // Nobody serves the URI: of a registry this is no fault until it is asked for something.
    message.set_error(error.what());
  }
  return message;
}

void ServerStatusService::add_stores(const CallContext& context, v1::ServerStatus& status) const {
  const StoreFaults faults = health_.store_faults(context.request_id);
  for (const Store& store : stores_) *status.add_stores() = store_message(store);
  tell_health(faults.tracking, *status.mutable_stores(0));
  tell_health(faults.registry, *status.mutable_stores(1));
}

void ServerStatusService::add_operations(v1::ServerStatus& status) const {
  for (const OperationCounts& counts : metrics_.operations())
    *status.add_operations() = operation_message(counts);
  const std::vector<double> bounds = Metrics::duration_bounds();
  status.mutable_duration_bounds()->Add(bounds.begin(), bounds.end());
}

void ServerStatusService::add_plugins(v1::ServerStatus& status) const {
  for (const plugin::PluginHealth& health : plugins_.health()) *status.add_plugins() = health_message(health);
  status.set_installed_plugins(static_cast<int32_t>(plugins_.catalog().entries().size()));
}

}  // namespace millrace::server
