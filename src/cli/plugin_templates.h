#pragma once

#include <span>
#include <string_view>

namespace millrace::cli {

/// A file of templates/plugin, as it was when this program was built.
struct PluginTemplate {
  std::string_view path;  ///< below templates/plugin: "cpp/common/CMakeLists.txt"
  std::string_view text;
};

/// All of them, sorted by path.
std::span<const PluginTemplate> plugin_templates();

}  // namespace millrace::cli
