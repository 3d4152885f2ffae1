#include "server/settings.h"

#include <filesystem>

#include "base/error.h"
#include "base/uri.h"

namespace millrace::server {
namespace {

void check_static_prefix(const std::string& prefix) {
  if (prefix.empty()) return;
  if (!prefix.starts_with('/')) throw_invalid_parameter("--static-prefix must begin with a '/'.");
  if (prefix.ends_with('/')) throw_invalid_parameter("--static-prefix should not end with a '/'.");
  if (prefix.find_first_of("{}") != std::string::npos)
    throw_invalid_parameter("--static-prefix must not contain '{' or '}'.");
}

}  // namespace

void check(const Settings& settings) {
  check_static_prefix(settings.static_prefix);
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
