#pragma once

#include <string>

#include "base/descriptor.h"

namespace millrace::artifacts {

/// A directory from which files are opened in such a way that no path, and no symbolic link met on the way,
/// leads out of it (openat2 with RESOLVE_BENEATH; on kernels without it, no symbolic link is followed at
/// all). Any thread.
class RootDirectory {
 public:
  /// The directory need not be there; it is made when something is first written.
  explicit RootDirectory(std::string path) : path_(std::move(path)) {}

  /// Opens what is there; a descriptor that is not open when there is no such thing. `flags` as of open(2).
  Descriptor open(const std::string& path, int flags) const;
  /// Opens a directory below the root, making it and those above it as needed. An empty path is the root
  /// itself.
  Descriptor make_directory(const std::string& path) const;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Throws Error for the errno of a failed call: a full disk is RESOURCE_EXHAUSTED, missing rights
/// PERMISSION_DENIED, a file where a directory is needed or the reverse INVALID_PARAMETER_VALUE, the rest
/// INTERNAL_ERROR.
[[noreturn]] void throw_system_error(int number, const std::string& what);

}  // namespace millrace::artifacts
