#pragma once

#include <vector>

#include "plugin/policy.h"

namespace millrace::server {

/// The names that this program provides by itself.
std::vector<plugin::ProvidedName> built_in_names();

}  // namespace millrace::server
