#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tracking/stores/file/folder.h"

namespace millrace::tracking::files {

/// Whether a URI names a folder of this machine: a path without a scheme, or "file:".
bool is_file_store_uri(std::string_view uri);

/// The path that such a URI names. Percent signs are escapes in file: URIs and themselves in plain paths.
/// Throws INVALID_PARAMETER_VALUE for malformed escapes and for files of other hosts.
std::string file_store_path(const std::string& uri);

enum class Access { kReadWrite, kReadOnly };

/// The folder of a file store, and the locks by which writers take turns: threads of one process, and
/// processes as far as the file system has flock(). Any thread.
class Root {
 public:
  /// Opens the folder; with kReadWrite, makes it when it is not there. Throws INVALID_PARAMETER_VALUE when it
  /// is not there or no folder, PERMISSION_DENIED when it may not be read, or not be written with kReadWrite.
  Root(const std::string& path, Access access);

  /// Whether the folder was made just now.
  bool is_new() const { return is_new_; }
  bool is_writable() const { return access_ == Access::kReadWrite; }
  /// Throws PERMISSION_DENIED that says how to write.
  void require_writable() const;
  const Folder& folder() const { return *folder_; }
  /// Absolute, without links.
  const std::string& path() const { return path_; }
  /// The folder for what Millrace keeps: inside the root, or in the user's cache when that must not be
  /// written.
  const std::string& own_path() const { return own_path_; }
  /// The same as a folder; only of roots that may be written.
  const Folder& own_folder() const { return *own_folder_; }

  /// Held until destroyed.
  class Lock {
   public:
    using Held = std::variant<std::unique_lock<std::shared_mutex>, std::shared_lock<std::shared_mutex>>;
    Lock(Held held, Descriptor file) : held_(std::move(held)), file_(std::move(file)) {}

   private:
    Held held_;
    Descriptor file_;
  };

  /// For what changes which folders there are: experiments.
  Lock lock_structure() const;
  /// For what changes things in experiments, which then stay where they are.
  Lock share_structure() const;
  /// For the run or model of that id. Of several at once in the order that lock_all() takes them.
  Lock lock(std::string_view id) const;
  std::vector<Lock> lock_all(const std::vector<std::string>& ids) const;
  /// For all runs and models.
  std::vector<Lock> lock_everything() const;
  /// Those that nobody else holds, without waiting: adds them to `locks` and tells for each id whether it is
  /// locked.
  std::vector<bool> try_lock_all(const std::vector<std::string>& ids, std::vector<Lock>& locks) const;
  /// For registered models.
  Lock lock_registry() const;
  std::optional<Lock> try_lock_registry() const { return try_lock(kRegistry); }

 private:
  static constexpr size_t kStripes = 64;
  static constexpr size_t kStructure = kStripes;
  static constexpr size_t kRegistry = kStripes + 1;

  static size_t stripe_of(std::string_view id);
  Descriptor lock_file(size_t number, int how) const;
  Lock lock_number(size_t number) const;
  std::optional<Lock> try_lock(size_t number) const;
  void prepare_own_folder();

  Access access_;
  bool is_new_ = false;
  std::optional<Folder> folder_;
  std::string path_;
  std::string own_path_;
  std::optional<Folder> own_folder_;
  mutable std::array<std::shared_mutex, kStripes + 2> mutexes_;
};

}  // namespace millrace::tracking::files
