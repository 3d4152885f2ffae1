#pragma once

#include <functional>

#include "millrace/v1/server.gen.h"
#include "plugin/host/plugin_host.h"
#include "server/health.h"
#include "server/metrics.h"
#include "server/settings.h"

namespace millrace::server {

/// What only the parts of the running server know. `writer` may give nothing: the store is a plugin's then.
struct ServerFigures {
  std::function<v1::ListenerStatus()> listener;
  std::function<std::optional<v1::WriterStatus>()> writer;
};

/// Tells those who operate the server of its plugins and of how it fares. Any thread.
class ServerStatusService : public ServerService {
 public:
  /// All that is handed over by reference outlives it. The time of its making is the start of the server.
  ServerStatusService(const Settings& settings, const plugin::PluginHost& plugins, const HealthReport& health,
                      const Metrics& metrics, ServerFigures figures);

  v1::PluginList list_plugins(const CallContext& context, const v1::ListPluginsRequest& request) override;
  v1::ServerStatus get_server_status(const CallContext& context,
                                     const v1::GetServerStatusRequest& request) override;

 private:
  struct Store {
    const char* role;
    plugin::Kind kind;
    std::string uri;
  };

  void add_stores(const CallContext& context, v1::ServerStatus& status) const;
  v1::StoreStatus store_message(const Store& store) const;
  void add_operations(v1::ServerStatus& status) const;
  void add_plugins(v1::ServerStatus& status) const;

  const std::vector<Store> stores_;
  const std::string app_;
  const int64_t start_time_;
  const plugin::PluginHost& plugins_;
  const HealthReport& health_;
  const Metrics& metrics_;
  const ServerFigures figures_;
};

}  // namespace millrace::server
