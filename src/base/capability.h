#pragma once

#include <string>

namespace millrace {

/// Throws NOT_IMPLEMENTED (501) naming the plugin kind and the capability that the called plugin does not
/// declare.
[[noreturn]] void throw_missing_capability(const std::string& kind, const std::string& capability);

}  // namespace millrace
