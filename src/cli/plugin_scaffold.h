#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/kind.h"

namespace millrace::cli {

enum class PluginLanguage { kCpp, kPython };

/// What a new plugin is made from. The strings are what the user wrote.
struct ScaffoldRequest {
  std::string id;
  plugin::Kind kind = plugin::Kind::kTrackingStore;
  PluginLanguage language = PluginLanguage::kCpp;
  std::string provided;  ///< scheme or name; empty: the id
  std::string licence = "Apache-2.0";
};

/// The names that are formed from an id.
struct ScaffoldNames {
  std::string id;         ///< "acme-oss"
  std::string provided;   ///< "acme-oss", or what was asked for
  std::string module;     ///< "acme_oss"; in C++ the namespace, "acme_oss_plugin"
  std::string type;       ///< "AcmeOssPlugin"
  std::string variables;  ///< what names of environment variables begin with: "ACME_OSS"
};

/// Throws INVALID_PARAMETER_VALUE, saying what would do, for an id, a scheme or a name that the manifest,
/// Python or CMake does not take.
ScaffoldNames scaffold_names(const ScaffoldRequest& request);

struct ScaffoldFile {
  std::string path;  ///< relative
  std::string text;
};

/// The files of the new plugin, sorted by path. Throws as scaffold_names() does, and for a licence that is no
/// SPDX expression.
std::vector<ScaffoldFile> render_scaffold(const ScaffoldRequest& request);

/// Makes the folder and writes the files into it; what it made is gone again when it fails. Throws
/// RESOURCE_ALREADY_EXISTS when something has the folder's name, RESOURCE_DOES_NOT_EXIST when the folder
/// above is not there, and as throw_file_error() does.
void write_scaffold(const std::filesystem::path& folder, const std::vector<ScaffoldFile>& files);

}  // namespace millrace::cli
