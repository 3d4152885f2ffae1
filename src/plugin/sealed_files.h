#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "plugin/environment.h"
#include "plugin/policy.h"

namespace millrace::plugin {

/// Checks the files of a plugin against its lock and its signature before it is run. A plugin that nobody
/// locked or signed is let pass, unless the policy requires signatures. Files are hashed once: what was found
/// sound is remembered by their stamps, in memory and in the user's cache, and only when a stamp, the lock,
/// the signature or the policy differs everything is hashed again. Any thread.
class SealedFiles {
 public:
  SealedFiles(const Policy& policy, const Environment& environment);

  /// Throws PERMISSION_DENIED that names plugin, files and `millrace plugin verify` when they are not as they
  /// were locked or signed; what cannot be read is a fault too.
  void check(const std::string& id, const std::filesystem::path& folder);

  /// How often a plugin's files were hashed so far.
  int hashed() const { return hashed_; }

 private:
  bool remembers(const std::filesystem::path& folder, const std::string& state);
  void remember(const std::filesystem::path& folder, const std::string& state);
  std::filesystem::path memory_of(const std::filesystem::path& folder) const;

  const Policy policy_;
  std::optional<std::filesystem::path> memory_;  // a folder; empty: there is no cache
  std::atomic<int> hashed_{0};
  std::mutex mutex_;
  std::map<std::filesystem::path, std::string> sound_;  // folder to the state in which it was found sound
};

/// Whether files of the folder are expected to stay as they are: they may be locked or signed, so that a
/// plugin must not write among them.
bool may_be_sealed(const std::filesystem::path& folder);

}  // namespace millrace::plugin
