#include "server/settings.h"

#include <filesystem>

#include "base/error.h"
#include "base/uri.h"
#include "sql/sqlite_uri.h"

namespace millrace::server {
namespace {

void check_static_prefix(const std::string& prefix) {
  if (prefix.empty()) return;
  if (!prefix.starts_with('/')) throw_invalid_parameter("--static-prefix must begin with a '/'.");
  if (prefix.ends_with('/')) throw_invalid_parameter("--static-prefix should not end with a '/'.");
  if (prefix.find_first_of("{}") != std::string::npos)
    throw_invalid_parameter("--static-prefix must not contain '{' or '}'.");
}

// A database URI in a message must not show the password that may stand in it.
std::string without_credentials(const std::string& uri) {
  const size_t start = uri.find("://");
  const size_t at = uri.rfind('@');
  if (start == std::string::npos || at == std::string::npos || at < start) return uri;
  return uri.substr(0, start + 3) + "***" + uri.substr(at);
}

void check_store_uri(const std::string& uri, const char* flag) {
  if (uri.empty() || sql::is_sqlite_uri(uri)) return;
  const std::string scheme(parse_uri(uri).scheme);
  throw_invalid_parameter("No store is registered for " + std::string(flag) + " '" +
                          without_credentials(uri) + "' (scheme '" + scheme +
                          "'). Known are: sqlite:///path/to/file.db.");
}

}  // namespace

void check(const Settings& settings) {
  check_static_prefix(settings.static_prefix);
  check_store_uri(settings.backend_store_uri, "--backend-store-uri");
  check_store_uri(settings.registry_store_uri, "--registry-store-uri");
  if (settings.artifacts_only && !settings.serve_artifacts) {
    throw_invalid_parameter("--artifacts-only and --no-serve-artifacts together leave nothing to serve.");
  }
}

std::string artifact_root(const Settings& settings) {
  if (settings.default_artifact_root.empty()) {
    return settings.serve_artifacts ? "mlflow-artifacts:/" : std::filesystem::absolute("mlruns").string();
  }
  const Uri uri = parse_uri(settings.default_artifact_root);
  if (!uri.scheme.empty() || uri.path.starts_with('/')) return settings.default_artifact_root;
  return std::filesystem::absolute(settings.default_artifact_root).lexically_normal().string();
}

}  // namespace millrace::server
