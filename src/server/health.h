#pragma once

#include <functional>
#include <string>

#include "millrace/v1/plugin/registry_store.gen.h"
#include "millrace/v1/plugin/tracking_store.gen.h"
#include "plugin/host/plugin_host.h"
#include "server/http/message.h"

namespace millrace::server {

inline constexpr std::string_view kHealthPath = "/health";

/// Whether a request to /health wants the long answer: a parameter "verbose" whose value is not "0" or
/// "false". The one place that decides it, since the long answer is for those who are authenticated.
bool asks_verbose_health(const http::RequestHead& head);

/// Why the stores do not answer; empty when they do.
struct StoreFaults {
  std::string tracking;
  std::string registry;
};

/// The long answer: version, whether the stores answer, and each plugin that was needed. Asks the stores, for
/// five seconds at most each; blocks for as long. 200, or 503 when a store does not answer.
class HealthReport {
 public:
  /// All outlive it. `registry` may lack what is asked, which counts as an answer.
  HealthReport(const plugin::PluginHost& plugins, TrackingStore& tracking, RegistryStore& registry)
      : plugins_(plugins), tracking_(tracking), registry_(registry) {}

  http::Response answer(const http::RequestHead& head) const;

  /// Asks both stores. `request_id` is for the log of those that are plugins.
  StoreFaults store_faults(const std::string& request_id) const;

 private:
  const plugin::PluginHost& plugins_;
  TrackingStore& tracking_;
  RegistryStore& registry_;
};

}  // namespace millrace::server
