#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace millrace::plugin {

/// How libraries of plugins are loaded, here and in the probe.
int library_load_flags();

/// Loads a library and calls its entry in a process of its own, which is a copy of this program: what
/// crashes, hangs or exits there would have taken this process along. Returns when that went well, or when
/// the library was refused in an orderly way, which loading it here tells with its reason. Throws
/// INVALID_STATE naming the plugin, what happened and what it printed. Blocks for at most `limit` and a
/// moment.
void probe_library(const std::string& plugin_id, const std::filesystem::path& file,
                   std::chrono::milliseconds limit);

}  // namespace millrace::plugin
