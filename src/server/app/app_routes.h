#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/log.h"
#include "millrace/v1/plugin/server_app.gen.h"
#include "server/http/message.h"
#include "server/operation_exchange.h"

namespace millrace::server {

/// What the host serves itself: paths below the static prefix.
struct HostPaths {
  std::set<std::string, std::less<>> pages;  ///< whole paths that carry nothing of the stores
  std::set<std::string, std::less<>> parts;  ///< first parts of all paths that are the host's: "api"
};

/// Checks what an app wants to serve. Throws INVALID_STATE that names the app's prefix or path and why it
/// cannot have it: malformed, or one of the host's own; a public path that the app does not serve and that is
/// no page of the host.
void check_routes(const v1::plugin::RouteList& routes, const HostPaths& host);

/// The paths that an app serves by itself. Immutable; any thread.
class AppRoutes {
 public:
  /// `log` outlives it. The routes were checked.
  AppRoutes(std::shared_ptr<ServerApp> app, const v1::plugin::RouteList& routes, std::string static_prefix,
            Log& log);

  /// `path` is below the static prefix.
  bool covers(std::string_view path) const;

  /// Hands the request to the app, on a worker, and its answer to the client. `head` outlives the exchange.
  std::unique_ptr<http::Exchange> exchange(const http::RequestHead& head, std::string_view path,
                                           const SharedIdentity& who) const;

 private:
  const std::shared_ptr<ServerApp> app_;
  const std::vector<std::string> prefixes_;
  const std::string static_prefix_;
  Log& log_;
};

/// The answer of an app as the client gets it. Throws INTERNAL_ERROR for a status that is none, a header that
/// would break out of its line, a body over 3 MiB.
http::Response response_of(const v1::plugin::AppResponse& answer);

}  // namespace millrace::server
