#pragma once

#include <string>
#include <vector>

#include "conformance/hosted/plugin_test.h"
#include "plugin/policy.h"

namespace millrace::cli {

/// The plugin that `target` means: the folder of that name, when a plugin.toml is in it, else the plugin that
/// is installed under that id. Throws RESOURCE_DOES_NOT_EXIST when there is neither, INVALID_STATE when the
/// one that is installed cannot be used, and as read_manifest() does.
plugin::Manifest find_plugin_to_test(const std::string& target, const plugin::Policy& policy,
                                     const plugin::Environment& environment);

/// Takes "KIND" or "KIND:NAME", as --only has it, into the test. Throws INVALID_PARAMETER_VALUE for others.
void choose(const std::string& only, conformance::PluginTest& test);

/// Settings of "KEY=VALUE" texts. Throws INVALID_PARAMETER_VALUE for others, showing the key alone.
plugin::Settings parse_settings(const std::vector<std::string>& texts);

}  // namespace millrace::cli
