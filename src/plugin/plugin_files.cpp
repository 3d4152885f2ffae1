#include "plugin/plugin_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"
#include "plugin/file_text.h"

namespace millrace::plugin {
namespace {

namespace fs = std::filesystem;

bool is_plain_part(std::string_view part) {
  return !part.empty() && part != "." && part != "..";
}

std::string printable(std::string_view text) {
  std::string clean(text);
  for (char& c : clean) c = static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return clean;
}

PluginFile look_at(const fs::path& file, std::string path) {
  struct stat status {};
  if (lstat(file.c_str(), &status) != 0) throw_file_error("look at", file, errno);
  if (!S_ISREG(status.st_mode)) {
    throw_invalid_parameter("'" + printable(path) +
                            "' is neither a regular file nor a folder; a plugin holds "
                            "nothing else, symbolic links included.");
  }
  return {std::move(path), static_cast<uint64_t>(status.st_size), (status.st_mode & S_IXUSR) != 0};
}

}  // namespace

bool is_plugin_file_path(std::string_view path, const FileLimits& limits) {
  if (path.empty() || path.size() > limits.path_length) return false;
  const bool plain = std::none_of(path.begin(), path.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\';
  });
  if (!plain) return false;
  for (size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    if (!is_plain_part(path.substr(0, slash))) return false;
    path.remove_prefix(slash + 1);
  }
  return is_plain_part(path);
}

std::vector<PluginFile> list_plugin_files(const fs::path& folder, const FileLimits& limits) {
  std::error_code fault;
  fs::recursive_directory_iterator at(folder, fault);
  if (fault) throw_file_error("list", folder, fault.value());
  std::vector<PluginFile> files;
  uint64_t bytes = 0;
  uint64_t count = 0;
  for (; at != fs::recursive_directory_iterator(); at.increment(fault)) {
    std::string path = at->path().lexically_relative(folder).generic_string();
    if (!is_plugin_file_path(path, limits)) {
      throw_invalid_parameter("'" + printable(path) + "' is no name that a file of a plugin may have.");
    }
    if (++count > limits.files) {
      throw_invalid_parameter("'" + folder.string() + "' holds more than " + std::to_string(limits.files) +
                              " files and folders.");
    }
    if (at->is_directory() && !at->is_symlink()) continue;
    files.push_back(look_at(at->path(), std::move(path)));
    bytes += files.back().size;
    if (bytes > limits.bytes) {
      throw_invalid_parameter("'" + folder.string() + "' holds more than " + std::to_string(limits.bytes) +
                              " bytes.");
    }
  }
  if (fault) throw_file_error("list", folder, fault.value());
  std::sort(files.begin(), files.end(),
            [](const PluginFile& a, const PluginFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace millrace::plugin
