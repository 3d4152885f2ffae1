#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace millrace {

/// Where a user's programs keep what can be made anew, for Millrace: below $XDG_CACHE_HOME, or ~/.cache where
/// that is not set, as the XDG Base Directory Specification says. Nothing when neither is an absolute path.
std::optional<std::filesystem::path> user_cache(const std::optional<std::string>& xdg_cache_home,
                                                const std::optional<std::string>& home);

}  // namespace millrace
