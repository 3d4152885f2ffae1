#pragma once

#include <string>
#include <string_view>

namespace millrace::registry {

/// "None", "Staging", "Production" or "Archived" for a stage in any letter case. Throws
/// INVALID_PARAMETER_VALUE for others.
std::string canonical_stage(std::string_view stage);

/// Throws INVALID_PARAMETER_VALUE unless versions that are in the stage `canonical`, written as `stage` by
/// the caller, can make room for another: that is so for "Staging" and "Production".
void check_makes_room(std::string_view canonical, const std::string& stage);

}  // namespace millrace::registry
