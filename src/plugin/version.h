#pragma once

#include <optional>
#include <string_view>

#include "plugin/manifest.h"

namespace millrace::plugin {

/// Whether `text` is a version by semver.org 2.0.0: "1.2.0", "1.2.0-rc.1+build5".
bool is_semantic_version(std::string_view text);

/// Understands "1.0", major and minor; empty otherwise.
std::optional<ProtocolVersion> parse_protocol_version(std::string_view text);

}  // namespace millrace::plugin
