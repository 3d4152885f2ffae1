#pragma once

#include <string_view>

#include "plugin/policy.h"

namespace millrace::plugin {

/// The id of the plugin that is known to provide a name, for messages about names that nobody provides. Empty
/// when none is known.
std::string_view known_provider(const ProvidedName& name);

}  // namespace millrace::plugin
