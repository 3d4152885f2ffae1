#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <filesystem>
#include <map>
#include <vector>

namespace millrace::conformance {

/// Makes storage fail for plugins that keep files in a folder of this machine. Each function throws
/// NotApplicable where that has no effect.

/// While it exists, the processes can make no file larger than it is not at all: each write to a file fails
/// as on a full disk, with EFBIG. Processes that they start inherit it.
class FileSizeDenial {
 public:
  explicit FileSizeDenial(const std::vector<pid_t>& processes);
  ~FileSizeDenial();
  FileSizeDenial(const FileSizeDenial&) = delete;
  FileSizeDenial& operator=(const FileSizeDenial&) = delete;

 private:
  std::map<pid_t, rlimit> before_;
};

/// While it exists, permissions let nobody but us list, enter or change the folder. What a process holds open
/// below it would stay usable, which must not be the case for any of `processes`.
class PermissionDenial {
 public:
  PermissionDenial(std::filesystem::path folder, const std::vector<pid_t>& processes);
  ~PermissionDenial();
  PermissionDenial(const PermissionDenial&) = delete;
  PermissionDenial& operator=(const PermissionDenial&) = delete;

 private:
  const std::filesystem::path folder_;
  std::filesystem::perms before_;
};

/// Whether there is a regular file that is not empty anywhere below the folder.
bool has_files(const std::filesystem::path& folder);

}  // namespace millrace::conformance
