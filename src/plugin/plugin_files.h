#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace millrace::plugin {

/// Bounds of what one plugin may consist of, packed or installed.
struct FileLimits {
  uint64_t files = 50'000;             ///< files and folders together
  uint64_t bytes = uint64_t{8} << 30;  ///< of all files together
  size_t path_length = 1024;           ///< bytes of a path below the plugin's folder
};

struct PluginFile {
  std::string path;  ///< below the plugin's folder, with '/'
  uint64_t size = 0;
  bool executable = false;
};

/// All regular files below a folder, sorted by path. Throws INVALID_PARAMETER_VALUE that names the file for
/// symbolic links, devices, sockets and pipes, for names with control characters, and when a limit is passed.
std::vector<PluginFile> list_plugin_files(const std::filesystem::path& folder, const FileLimits& limits = {});

/// Whether `path` is one that list_plugin_files() could return: relative, without ".", ".." or empty parts,
/// backslashes and control characters, and no longer than the limit.
bool is_plugin_file_path(std::string_view path, const FileLimits& limits = {});

}  // namespace millrace::plugin
