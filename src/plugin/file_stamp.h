#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace millrace::plugin {

/// What changes when a file does, as far as the file system tells. Times in nanoseconds since 1970.
struct FileStamp {
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t size = 0;
  int64_t modified = 0;
  int64_t changed = 0;

  bool operator==(const FileStamp&) const = default;
};

/// Empty, with errno set, when the file cannot be looked at.
std::optional<FileStamp> stamp_of(const std::filesystem::path& file);

/// Whether it is a regular file that belongs to this user and that nobody else may write.
bool is_ours_alone(const std::filesystem::path& file);

/// Whether the file changed so long before `now` (nanoseconds since 1970) that a later change gets another
/// stamp: clocks of file systems tick coarsely, and two writes within a tick look the same.
bool is_settled(const FileStamp& stamp, int64_t now);

}  // namespace millrace::plugin
