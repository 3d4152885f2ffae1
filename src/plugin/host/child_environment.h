#pragma once

#include <string>
#include <vector>

#include "plugin/manifest.h"

namespace millrace::plugin {

/// Program and arguments of a plugin's child process. Throws INVALID_STATE when the manifest knows none.
std::vector<std::string> child_command(const Manifest& manifest);

/// The whole environment of a plugin's child process, as NAME=value: what every program needs, what the
/// manifest declares, and what the handshake needs. Nothing else of ours is passed on.
std::vector<std::string> child_environment(const Manifest& manifest, const std::string& socket_path);

}  // namespace millrace::plugin
