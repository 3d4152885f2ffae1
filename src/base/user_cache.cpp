#include "base/user_cache.h"

namespace millrace {

std::optional<std::filesystem::path> user_cache(const std::optional<std::string>& xdg_cache_home,
                                                const std::optional<std::string>& home) {
  if (xdg_cache_home && xdg_cache_home->starts_with('/'))
    return std::filesystem::path(*xdg_cache_home) / "millrace";
  if (home && home->starts_with('/')) return std::filesystem::path(*home) / ".cache/millrace";
  return std::nullopt;
}

}  // namespace millrace
