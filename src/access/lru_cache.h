#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace millrace::access {

/// Keeps the values that were used last, a bounded number of them. Any thread.
template <typename Value>
class LruCache {
 public:
  explicit LruCache(size_t most) : most_(most) {}

  std::optional<Value> get(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(key);
    if (found == index_.end()) return std::nullopt;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->second;
  }

  void put(const std::string& key, Value value) {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(key);
    if (found != index_.end()) entries_.erase(found->second);
    entries_.emplace_front(key, std::move(value));
    index_[key] = entries_.begin();
    if (entries_.size() <= most_) return;
    index_.erase(entries_.back().first);
    entries_.pop_back();
  }

  void forget(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(key);
    if (found == index_.end()) return;
    entries_.erase(found->second);
    index_.erase(found);
  }

  size_t size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
  }

 private:
  using Entries = std::list<std::pair<std::string, Value>>;

  const size_t most_;
  mutable std::mutex mutex_;
  Entries entries_;  // the one used last is first
  std::unordered_map<std::string, typename Entries::iterator> index_;
};

}  // namespace millrace::access
