#pragma once

#include <filesystem>

namespace millrace::cli {

/// For a command that starts programs and leaves them with temporary files: a folder for all of that, and an
/// end of this process after which neither is there any more, whether the command is done, hangs in a thread
/// or is interrupted by SIGINT, SIGTERM or SIGHUP. To be made before the first thread, once.
class CleanEnd {
 public:
  /// Makes the folder and makes it the place of temporary files (TMPDIR) for this process and what it starts.
  CleanEnd();
  CleanEnd(const CleanEnd&) = delete;
  CleanEnd& operator=(const CleanEnd&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

  /// Ends all processes that this one has started and theirs, removes the folder and exits. Any thread; the
  /// first call counts.
  [[noreturn]] void exit(int status) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace millrace::cli
