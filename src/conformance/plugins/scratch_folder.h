#pragma once

#include <filesystem>
#include <string>

namespace millrace::conformance {

/// A new folder below the system's folder for temporary files, gone with all in it at the end of the scope.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Writes a file below it; folders on the way are made. Returns where it stands.
  std::string add_file(const std::string& name, const std::string& content) const;
  std::string add_folder(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

std::string content_of_file(const std::filesystem::path& file);

}  // namespace millrace::conformance
