#pragma once

#include <string>

#include "artifacts/repository_registry.h"

namespace millrace::artifacts {

/// What the operator decides about artifacts.
struct ArtifactSettings {
  bool serve_artifacts =
      true;  ///< Clients may use the proxy, and mlflow-artifacts: URIs are served from the destination.
  std::string destination = "./mlartifacts";  ///< URI of the repository behind the proxy.
};

/// Turns artifact URIs of runs and models into places in repositories. Any thread.
class ArtifactLocations {
 public:
  ArtifactLocations(const RepositoryRegistry& registry, ArtifactSettings settings);

  /// The place of `path` below a root URI. Roots with the scheme mlflow-artifacts, http or https are places
  /// in the destination when artifacts are served. `path` must have been checked.
  ArtifactPlace resolve(const std::string& root_uri, const std::string& path) const;

  /// The repository behind the proxy. Throws TEMPORARILY_UNAVAILABLE as the reference does when artifacts are
  /// not served.
  const std::shared_ptr<ArtifactRepository>& destination() const;

 private:
  const RepositoryRegistry& registry_;
  ArtifactSettings settings_;
  std::shared_ptr<ArtifactRepository> destination_;
};

}  // namespace millrace::artifacts
