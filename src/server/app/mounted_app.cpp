#include "server/app/mounted_app.h"

#include <algorithm>

#include "access/app_policy.h"
#include "base/error.h"
#include "millrace/v1/plugin/server_app.proxy.gen.h"
#include "server/application.h"

namespace millrace::server {
namespace {

constexpr std::chrono::seconds kStartPatience{30};

// The reference brings this app along; whoever moves from there has to be told.
constexpr const char* kNoBasicAuth =
    " MLflow's own app 'basic-auth' is not part of Millrace: a plugin that checks user names and passwords "
    "takes "
    "its place, see docs/server.md, \"Who may use the server\".";

std::shared_ptr<plugin::Channel> open_app(plugin::PluginHost& plugins, const std::string& name) {
  try {
    return plugins.open_name(plugin::Kind::kServerApp, name);
  } catch (const Error& error) {
    const std::string more =
        error.code() == ErrorCode::kInvalidParameterValue && name == "basic-auth" ? kNoBasicAuth : "";
    throw Error(error.code(), "--app-name: " + std::string(error.what()) + more);
  }
}

// An operator who reads in a manifest that an app authorizes must not get one that lets everybody do
// everything.
void check_capabilities(const plugin::Channel& channel, const plugin::PluginHost& plugins,
                        const std::string& name) {
  for (const std::string& promised :
       plugins.catalog().for_name(plugin::Kind::kServerApp, name).capabilities) {
    if (channel.has_capability(promised)) continue;
    throw Error(ErrorCode::kInvalidState, "The manifest of the " + channel.label() +
                                              " promises the capability '" + promised +
                                              "', which it does not have. The server is not started.");
  }
}

}  // namespace

MountedApp::MountedApp(const Settings& settings, plugin::PluginHost& plugins, TrackingStore& store, Log& log)
    : static_prefix_(settings.static_prefix),
      log_(log),
      channel_(open_app(plugins, settings.app_name)),
      app_(std::make_shared<plugin::ServerAppProxy>(channel_)),
      authenticator_(app_, log),
      reader_(plugins.setting(plugin::Kind::kServerApp, settings.app_name, "headers")) {
  check_capabilities(*channel_, plugins, settings.app_name);
  if (channel_->has_capability("authorize")) {
    policy_ = std::make_unique<access::AppPolicy>(app_, store, log);
  } else {
    policy_ = std::make_unique<access::AllowAll>();
  }
}

MountedApp::~MountedApp() = default;

v1::plugin::RouteList MountedApp::list_routes() const {
  if (!channel_->has_capability("routes")) return {};
  CallContext context;
  context.deadline = CallContext::Clock::now() + kStartPatience;
  return app_->list_routes(context, {});
}

void MountedApp::protect(Application& application) {
  const v1::plugin::RouteList routes = list_routes();
  check_routes(routes, application.host_paths());
  gate_.emplace(
      authenticator_, reader_,
      OpenPaths{{routes.public_paths().begin(), routes.public_paths().end()}, application.shell_paths()});
  routes_.emplace(app_, routes, static_prefix_, log_);
  application.protect(*gate_);
  application.add_routes(*routes_);
}

}  // namespace millrace::server
