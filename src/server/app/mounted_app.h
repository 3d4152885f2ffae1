#pragma once

#include <memory>
#include <optional>

#include "access/policy.h"
#include "millrace/v1/plugin/tracking_store.gen.h"
#include "plugin/host/plugin_host.h"
#include "server/app/app_routes.h"
#include "server/app/authenticator.h"
#include "server/app/gate.h"
#include "server/settings.h"

namespace millrace::server {

class Application;

/// The server_app of --app-name, opened, with all that stands between it and the requests.
class MountedApp {
 public:
  /// Opens the app. Throws INVALID_PARAMETER_VALUE, with the names that are known, when nobody provides it;
  /// INVALID_STATE when it lacks what its manifest promises; and what PluginHost throws. All references
  /// outlive it.
  MountedApp(const Settings& settings, plugin::PluginHost& plugins, TrackingStore& store, Log& log);
  ~MountedApp();

  access::Policy& policy() { return *policy_; }

  /// Asks the app for its routes and puts it before everything that the application serves, whose pages are
  /// complete. Throws INVALID_STATE for routes that it cannot have. Once.
  void protect(Application& application);

 private:
  v1::plugin::RouteList list_routes() const;

  const std::string static_prefix_;
  Log& log_;
  const std::shared_ptr<plugin::Channel> channel_;
  const std::shared_ptr<ServerApp> app_;
  std::unique_ptr<access::Policy> policy_;
  Authenticator authenticator_;
  CredentialsReader reader_;
  std::optional<Gate> gate_;
  std::optional<AppRoutes> routes_;
};

}  // namespace millrace::server
