#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.h"

namespace millrace::server {

/// Settings of the protection against other web sites, with the meaning they have in MLflow 3.
struct BrowserGuardSettings {
  bool enabled = true;
  std::vector<std::string> allowed_hosts;  ///< Patterns with '*'; empty: this machine and private addresses.
  std::vector<std::string> allowed_origins;  ///< Patterns with '*'; "*" alone: any, without credentials.
  std::string frame_options = "SAMEORIGIN";  ///< X-Frame-Options; "NONE" leaves it out.
};

/// Protects users whose browser can reach the server from web sites that they visit: Host header validation
/// (DNS rebinding), refusal of state-changing requests from other origins, CORS answers, security headers.
/// Immutable.
class BrowserGuard {
 public:
  explicit BrowserGuard(BrowserGuardSettings settings);

  /// An answer that ends the request: a refusal, or the answer to a CORS preflight; empty when it may go on.
  /// `path` is below the static prefix.
  std::optional<http::Response> check(const http::RequestHead& head, std::string_view path) const;

  /// Adds the headers that every answer to this request carries.
  void add_headers(const http::RequestHead& head, http::Response& response) const;

 private:
  bool is_allowed_host(std::string_view host) const;
  bool is_allowed_origin(std::string_view origin) const;

  BrowserGuardSettings settings_;
  bool any_host_ = false;
  bool any_origin_ = false;
};

/// Shell-style match with '*' for any text.
bool matches_pattern(std::string_view text, std::string_view pattern);

}  // namespace millrace::server
