#include "plugin/search_path.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>

#include "plugin/file_text.h"
#include "plugin/manifest.h"

namespace millrace::plugin {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> split_path_list(const std::string& text) {
  std::vector<fs::path> folders;
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find(':', start), text.size());
    if (end > start) folders.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return folders;
}

// Without the '/' at its end that paths written by hand often have.
fs::path tidy(const fs::path& folder) {
  const fs::path normal = fs::absolute(folder).lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

std::optional<fs::path> absolute_variable(const Environment& environment, const std::string& name) {
  const auto value = environment(name);
  if (!value || !value->starts_with('/')) return std::nullopt;
  return fs::path(*value);
}

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

bool may_be_folder(const dirent& entry) {
  return entry.d_type == DT_DIR || entry.d_type == DT_LNK || entry.d_type == DT_UNKNOWN;
}

// The file system is asked by plain calls, since a start pays for each.
std::vector<std::string> folders_in(const fs::path& folder) {
  const std::unique_ptr<DIR, CloseDirectory> directory(opendir(folder.c_str()));
  if (!directory) {
    if (errno == ENOENT || errno == ENOTDIR) return {};
    throw_file_error("list the plugins in", folder, errno);
  }
  std::vector<std::string> names;
  while (const dirent* entry = readdir(directory.get())) {
    if (entry->d_name[0] != '.' && may_be_folder(*entry)) names.emplace_back(entry->d_name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

class ManifestSearch {
 public:
  // Whether there is a manifest, found now or before.
  bool add(const std::string& file) {
    const auto stamp = stamp_of(file);
    if (!stamp && (errno == ENOENT || errno == ENOTDIR)) return false;
    // One that cannot be looked at is kept, so that reading it tells why.
    if (!stamp || seen_.emplace(stamp->device, stamp->inode).second) {
      found.push_back({file, stamp.value_or(FileStamp{})});
    }
    return true;
  }

  std::vector<ManifestFile> found;

 private:
  std::set<std::pair<uint64_t, uint64_t>> seen_;
};

}  // namespace

std::optional<fs::path> user_plugin_folder(const Environment& environment) {
  if (const auto data = absolute_variable(environment, "XDG_DATA_HOME")) return *data / "millrace/plugins";
  if (const auto home = absolute_variable(environment, "HOME"))
    return *home / ".local/share/millrace/plugins";
  return std::nullopt;
}

std::vector<fs::path> plugin_search_path(const std::vector<fs::path>& configured,
                                         const Environment& environment) {
  std::vector<fs::path> folders = configured;
  const auto listed = split_path_list(environment("MILLRACE_PLUGIN_PATH").value_or(""));
  folders.insert(folders.end(), listed.begin(), listed.end());
  if (const auto user = user_plugin_folder(environment)) folders.push_back(*user);
  folders.emplace_back("/usr/local/share/millrace/plugins");
  folders.emplace_back("/usr/share/millrace/plugins");
  std::vector<fs::path> unique;
  for (const fs::path& folder : folders) {
    const fs::path tidied = tidy(folder);
    if (std::find(unique.begin(), unique.end(), tidied) == unique.end()) unique.push_back(tidied);
  }
  return unique;
}

std::vector<ManifestFile> find_manifests(const std::vector<fs::path>& search_path) {
  ManifestSearch search;
  for (const fs::path& folder : search_path) {
    const std::string base = folder.string() + "/";
    if (search.add(base + kManifestName)) continue;
    for (const std::string& name : folders_in(folder)) search.add(base + name + "/" + kManifestName);
  }
  return search.found;
}

}  // namespace millrace::plugin
