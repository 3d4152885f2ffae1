#include "artifacts/locations.h"

#include "artifacts/path_rules.h"
#include "base/error.h"
#include "base/uri.h"

namespace millrace::artifacts {
namespace {

bool is_proxied(const Uri& uri) {
  return uri.scheme == "mlflow-artifacts" || uri.scheme == "http" || uri.scheme == "https";
}

// HTTP roots name the proxy's own route; what follows it is the path.
std::string path_in_destination(const Uri& uri) {
  constexpr std::string_view kRoute = "/api/2.0/mlflow-artifacts/artifacts/";
  std::string_view path = uri.path;
  if (uri.scheme != "mlflow-artifacts") {
    const size_t at = path.find(kRoute);
    if (at == std::string_view::npos)
      throw_invalid_parameter("The artifact URI does not lead to an artifact proxy.");
    path.remove_prefix(at + kRoute.size());
  }
  while (path.starts_with('/')) path.remove_prefix(1);
  return checked_path(path);
}

}  // namespace

ArtifactLocations::ArtifactLocations(const RepositoryRegistry& registry, ArtifactSettings settings)
    : registry_(registry), settings_(std::move(settings)) {
  if (settings_.serve_artifacts) destination_ = registry_.open(settings_.destination);
}

ArtifactPlace ArtifactLocations::resolve(const std::string& root_uri, const std::string& path) const {
  const Uri uri = parse_uri(root_uri);
  if (is_proxied(uri) && settings_.serve_artifacts)
    return {destination_, join_path(path_in_destination(uri), path)};
  return {registry_.open(root_uri), path};
}

const std::shared_ptr<ArtifactRepository>& ArtifactLocations::destination() const {
  if (destination_ != nullptr) return destination_;
  throw Error(
      ErrorCode::kTemporarilyUnavailable,
      "Endpoint disabled due to the server running with `--no-serve-artifacts`. To enable artifacts server "
      "functionality, run it with `--serve-artifacts`");
}

}  // namespace millrace::artifacts
