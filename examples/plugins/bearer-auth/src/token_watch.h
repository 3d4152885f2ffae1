#pragma once

#include <sys/stat.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "token_file.h"

/// The tokens as the file has them now: it is read again when it has changed, which costs one stat() a call
/// to see. Any thread.
class TokenWatch {
 public:
  /// Throws what TokenFile throws. `tell` takes what the log should say of later faults.
  TokenWatch(std::string path, std::function<void(const std::string&)> tell);

  /// TEMPORARILY_UNAVAILABLE while the file is missing or has faults, which are logged: nobody is let in by
  /// what was true before. Replace the file by rename(), so that it is never seen half-written.
  std::shared_ptr<const TokenFile> current();

  const std::string& path() const { return path_; }

 private:
  using Stamp = struct stat;
  bool has_changed(const Stamp& now) const;
  void read(const Stamp& now);

  const std::string path_;
  const std::function<void(const std::string&)> tell_;
  std::mutex mutex_;
  Stamp seen_{};
  std::shared_ptr<const TokenFile> tokens_;  // null: the file cannot be used
};
