#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "base/log.h"
#include "registry/stores/file/model_folder.h"
#include "tracking/stores/file/file_index.h"

namespace millrace::registry::files {

/// Keeps the registered models of a file store in the database of its index, for searching. All files of a
/// model are looked at each time. Any thread.
class RegistryIndex {
 public:
  RegistryIndex(std::shared_ptr<tracking::files::FileIndex> index, Log& log);

  const tracking::files::Root& root() const { return index_->root(); }
  const std::shared_ptr<sql::Database>& database() const { return index_->database(); }

  /// Follows the files, at most once a second, and at most a tenth of the time.
  void sync();
  /// Brings one model up to date.
  void look_at(const std::string& name);
  /// The same for whoever holds the registry's lock.
  void read_again(const std::string& name);

 private:
  using Clock = std::chrono::steady_clock;

  void complain(const std::string& message);
  int64_t stamp_of(const std::string& name) const;
  void refresh(const std::string& name, int64_t stamp);
  void forget(const std::string& name);

  std::shared_ptr<tracking::files::FileIndex> index_;
  Log& log_;
  std::mutex mutex_;  ///< guards what follows
  std::map<std::string, int64_t> stamps_;
  std::set<std::string> complaints_;
  Clock::time_point next_sync_{};
};

}  // namespace millrace::registry::files
