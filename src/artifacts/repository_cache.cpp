#include "artifacts/repository_cache.h"

namespace millrace::artifacts {

std::shared_ptr<ArtifactRepository> RepositoryCache::get(const std::string& root_uri) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_uri_.find(root_uri);
    if (found != by_uri_.end()) {
      recent_.splice(recent_.begin(), recent_, found->second);
      return found->second->second;
    }
  }
  // Not under the lock: opening may take long. Two that open one at once are harmless; the first stays.
  std::shared_ptr<ArtifactRepository> opened = open_(root_uri);
  std::shared_ptr<ArtifactRepository> oldest;  // closed after the lock
  const std::lock_guard lock(mutex_);
  const auto found = by_uri_.find(root_uri);
  if (found != by_uri_.end()) return found->second->second;
  recent_.emplace_front(root_uri, opened);
  by_uri_.emplace(root_uri, recent_.begin());
  if (recent_.size() > most_) {
    oldest = std::move(recent_.back().second);
    by_uri_.erase(recent_.back().first);
    recent_.pop_back();
  }
  return opened;
}

}  // namespace millrace::artifacts
