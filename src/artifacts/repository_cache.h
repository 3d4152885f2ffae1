#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "millrace/v1/plugin/artifact_repository.gen.h"

namespace millrace::artifacts {

/// Keeps the repositories that were used last, for those that cost something to open. Any thread.
class RepositoryCache {
 public:
  using Open = std::function<std::shared_ptr<ArtifactRepository>(const std::string& root_uri)>;
  RepositoryCache(Open open, size_t most) : open_(std::move(open)), most_(most) {}

  /// Opened now or before; throws what opening throws.
  std::shared_ptr<ArtifactRepository> get(const std::string& root_uri);

 private:
  using Entry = std::pair<std::string, std::shared_ptr<ArtifactRepository>>;

  const Open open_;
  const size_t most_;
  std::mutex mutex_;
  std::list<Entry> recent_;  // the one used last stands first
  std::map<std::string, std::list<Entry>::iterator> by_uri_;
};

}  // namespace millrace::artifacts
