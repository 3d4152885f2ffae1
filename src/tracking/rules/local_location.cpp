#include "tracking/rules/local_location.h"

#include <filesystem>

#include "base/uri.h"

namespace millrace::tracking {

std::string absolute_if_local(const std::string& location) {
  const Uri uri = parse_uri(location);
  if (location.empty() || uri.has_authority || uri.path.starts_with('/')) return location;
  if (!uri.scheme.empty() && uri.scheme != "file") return location;
  const auto absolute = std::filesystem::absolute(std::string(uri.path)).lexically_normal().string();
  return uri.scheme.empty() ? absolute : "file://" + absolute;
}

}  // namespace millrace::tracking
