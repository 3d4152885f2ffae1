#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "artifacts/repository_cache.h"
#include "millrace/v1/plugin/artifact_repository.gen.h"

namespace millrace::artifacts {

/// A place in a repository.
struct ArtifactPlace {
  std::shared_ptr<ArtifactRepository> repository;
  std::string path;  ///< in the repository; checked
};

/// Which repository serves which URI. Built once at start-up, constant after that; any thread.
class RepositoryRegistry {
 public:
  /// Makes a repository for a root URI of its scheme.
  using Factory = std::function<std::shared_ptr<ArtifactRepository>(const std::string& root_uri)>;

  /// Registers a scheme, "" for plain paths. Throws INVALID_STATE when it is taken.
  void add(const std::string& scheme, Factory factory);

  /// Takes back what add() did, for a scheme that somebody else is to serve.
  void forget(const std::string& scheme) { factories_.erase(scheme); }

  /// Asked for schemes that nobody registered, at most once a URI while it is in use. Before the first
  /// open().
  void set_others(Factory others);

  /// The repository whose root is `uri`. Throws INVALID_PARAMETER_VALUE that lists the known schemes when
  /// none serves it.
  std::shared_ptr<ArtifactRepository> open(const std::string& uri) const;

 private:
  std::map<std::string, Factory> factories_;
  std::shared_ptr<RepositoryCache> others_;
};

/// Registers the repositories that come with the server: local directories ("" and "file").
void add_built_in_repositories(RepositoryRegistry& registry);

}  // namespace millrace::artifacts
