#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugin/policy.h"
#include "registry/webhooks/settings.h"
#include "server/browser_guard.h"
#include "server/http/server.h"

namespace millrace::server {

/// Everything the operator decides, resolved from flags, environment and file. Defaults are those of `mlflow
/// server`.
struct Settings {
  std::string backend_store_uri = "sqlite:///mlflow.db";
  std::string registry_store_uri;  ///< empty: the backend store
  std::string
      default_artifact_root;  ///< empty: "mlflow-artifacts:/" when artifacts are served, "./mlruns" when not
  std::string artifacts_destination = "./mlartifacts";
  /// Schemes whose URIs may name any host as the source of a model version; others only the host of our
  /// artifacts.
  std::vector<std::string> allowed_host_schemes;
  bool read_only = false;  ///< every operation that would change something answers 403
  bool serve_artifacts = true;
  bool artifacts_only = false;
  bool truncate_long_values = true;
  std::string static_prefix;
  http::ServerOptions http;
  BrowserGuardSettings guard;
  uint64_t body_limit = 64 * 1024 * 1024;            ///< bytes; bodies that are messages
  uint64_t artifact_body_limit = uint64_t{5} << 40;  ///< bytes; bodies that are artifacts
  bool log_requests = true;
  std::string app_name;  ///< the server_app that decides who may use the server; empty: everybody
  registry::WebhookSettings webhooks;
  plugin::Policy plugins;
};

/// Throws INVALID_PARAMETER_VALUE for settings that contradict each other or cannot be served.
void check(const Settings& settings);

/// The root URI for the artifacts of new experiments that the settings amount to.
std::string artifact_root(const Settings& settings);

}  // namespace millrace::server
