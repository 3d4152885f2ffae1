#include "server/browser_guard.h"

#include <algorithm>
#include <array>

#include "base/uri.h"

namespace millrace::server {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// This machine by its usual names, with and without a port, and the private address ranges (RFC 1918, RFC
// 4193).
std::vector<std::string> default_hosts() {
  std::vector<std::string> hosts{"192.168.*", "10.*", "fc00:*", "fd00:*"};
  for (const char* host : {"localhost", "127.0.0.1", "[::1]", "0.0.0.0"}) {
    hosts.emplace_back(host);
    hosts.push_back(std::string(host) + ":*");
  }
  for (int part = 16; part < 32; ++part) hosts.push_back("172." + std::to_string(part) + ".*");
  return hosts;
}

bool is_local_origin(std::string_view origin) {
  std::string_view host = parse_uri(origin).authority;
  if (!host.starts_with('[')) host = host.substr(0, host.find(':'));
  return host == "localhost" || host == "127.0.0.1" || host.starts_with("[::1]");
}

bool changes_state(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "DELETE" || method == "PATCH";
}

bool is_api_path(std::string_view path) {
  return path.starts_with("/api/") || path.starts_with("/ajax-api/");
}

http::Response plain_text(int status, std::string text) {
  http::Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  response.operation = "-";
  return response;
}

}  // namespace

bool matches_pattern(std::string_view text, std::string_view pattern) {
  size_t t = 0, p = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  return std::all_of(pattern.begin() + static_cast<ptrdiff_t>(p), pattern.end(),
                     [](char c) { return c == '*'; });
}

BrowserGuard::BrowserGuard(BrowserGuardSettings settings) : settings_(std::move(settings)) {
  if (settings_.allowed_hosts.empty()) settings_.allowed_hosts = default_hosts();
  any_host_ = contains(settings_.allowed_hosts, "*");
  any_origin_ = contains(settings_.allowed_origins, "*");
}

bool BrowserGuard::is_allowed_host(std::string_view host) const {
  if (any_host_) return true;
  return !host.empty() &&
         std::any_of(settings_.allowed_hosts.begin(), settings_.allowed_hosts.end(),
                     [&](const std::string& pattern) { return matches_pattern(host, pattern); });
}

bool BrowserGuard::is_allowed_origin(std::string_view origin) const {
  if (any_origin_ || is_local_origin(origin)) return true;
  return std::any_of(settings_.allowed_origins.begin(), settings_.allowed_origins.end(),
                     [&](const std::string& pattern) { return matches_pattern(origin, pattern); });
}

std::optional<http::Response> BrowserGuard::check(const http::RequestHead& head,
                                                  std::string_view path) const {
  if (!settings_.enabled) return std::nullopt;
  const bool probe = path == "/health" || path == "/version";
  if (!probe && !is_allowed_host(head.headers.get("Host"))) {
    return plain_text(403, "Invalid Host header - possible DNS rebinding attack detected");
  }
  const std::string_view origin = head.headers.get("Origin");
  if (head.method == "OPTIONS" && !origin.empty() && head.headers.contains("Access-Control-Request-Method")) {
    if (!is_allowed_origin(origin)) return plain_text(400, "Disallowed CORS origin");
    http::Response response = plain_text(200, "OK");
    response.headers.add("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS, PATCH");
    response.headers.add("Access-Control-Max-Age", "600");
    const std::string_view requested = head.headers.get("Access-Control-Request-Headers");
    if (!requested.empty()) response.headers.add("Access-Control-Allow-Headers", std::string(requested));
    return response;
  }
  if (!origin.empty() && is_api_path(path) && changes_state(head.method) && !is_allowed_origin(origin)) {
    return plain_text(403, "Cross-origin request blocked");
  }
  return std::nullopt;
}

void BrowserGuard::add_headers(const http::RequestHead& head, http::Response& response) const {
  if (!settings_.enabled) return;
  response.headers.add("X-Content-Type-Options", "nosniff");
  if (!settings_.frame_options.empty() && settings_.frame_options != "NONE") {
    response.headers.add("X-Frame-Options", settings_.frame_options);
  }
  const std::string_view origin = head.headers.get("Origin");
  if (origin.empty()) return;
  response.headers.add("Vary", "Origin");
  if (!is_allowed_origin(origin)) return;
  // Credentials never go with a wildcard, which the Fetch standard forbids.
  response.headers.add("Access-Control-Allow-Origin", any_origin_ ? "*" : std::string(origin));
  if (!any_origin_) response.headers.add("Access-Control-Allow-Credentials", "true");
  response.headers.add("Access-Control-Expose-Headers", "*");
}

}  // namespace millrace::server
