#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "plugin/environment.h"
#include "plugin/file_stamp.h"

namespace millrace::plugin {

/// Where plugins are looked for, the first first: the configured folders, those of $MILLRACE_PLUGIN_PATH
/// (separated by ':'), the user's (see user_plugin_folder), /usr/local/share/millrace/plugins and
/// /usr/share/millrace/plugins. Absolute, each once; they need not be there.
std::vector<std::filesystem::path> plugin_search_path(const std::vector<std::filesystem::path>& configured,
                                                      const Environment& environment);

/// $XDG_DATA_HOME/millrace/plugins, or ~/.local/share/millrace/plugins. Empty when neither XDG_DATA_HOME nor
/// HOME is an absolute path.
std::optional<std::filesystem::path> user_plugin_folder(const Environment& environment);

struct ManifestFile {
  std::filesystem::path path;
  FileStamp stamp;  ///< taken before anything of the file is read
};

/// The manifests below the search path, in its order and sorted by name within a folder. Each folder holds
/// plugin folders with a plugin.toml, or is a plugin itself. Hidden folders and folders without a manifest
/// are passed over; a folder that is reached twice counts where it is reached first. Throws PERMISSION_DENIED
/// for a folder of the search path that is there and cannot be listed.
std::vector<ManifestFile> find_manifests(const std::vector<std::filesystem::path>& search_path);

}  // namespace millrace::plugin
