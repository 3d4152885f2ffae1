#include "tracking/stores/file/shown_locations.h"

#include <filesystem>

#include "base/error.h"
#include "base/percent.h"
#include "base/uri.h"
#include "tracking/stores/file/layout.h"

namespace millrace::tracking::files {
namespace {

bool is_below(const std::filesystem::path& path, const std::string& root) {
  const auto relative = path.lexically_relative(root);
  return !relative.empty() && *relative.begin() != "..";
}

// The absolute path that a URI of local files names; empty when there is none.
std::filesystem::path local_path(const std::string& uri) {
  try {
    const std::filesystem::path path = file_store_path(uri);
    std::error_code fault;
    return path.is_absolute() ? std::filesystem::weakly_canonical(path, fault) : std::filesystem::path();
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

std::string shown_location(const std::string& uri, const ThingPlace& place, const Root& root,
                           const std::vector<std::string>& artifact_roots) {
  if (!uri.empty() && !is_file_store_uri(uri)) return uri;
  const std::filesystem::path path = local_path(uri);
  std::error_code fault;
  if (!path.empty()) {
    const bool is_inside = is_below(path, root.path());
    if (is_inside && !is_below(path, root.path() + "/" + kOwnFolder)) return uri;
    for (const std::string& allowed : artifact_roots) {
      if (is_below(path, std::filesystem::weakly_canonical(allowed, fault).string())) return uri;
    }
  }
  std::string own = root.path() + "/" + place.path;
  if (place.kind != ThingKind::kExperiment) own += std::string("/") + kArtifacts;
  return "file://" + percent_encode_path(own);
}

}  // namespace millrace::tracking::files
