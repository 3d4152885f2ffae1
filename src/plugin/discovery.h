#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "plugin/manifest.h"
#include "plugin/manifest_index.h"
#include "plugin/search_path.h"

namespace millrace::plugin {

/// A manifest that was met. When it has a fault, nothing is known of what it provides, and its id is the one
/// it seems to mean: that of [plugin] if so much can be read, else the name of the folder.
struct FoundManifest {
  ManifestSummary summary;
  std::string fault;  ///< empty when the manifest is sound
};

/// Reads the manifests below the search path, in its order; runs nothing. Uses and updates the index. A fault
/// of one manifest is kept with it and harms no other.
std::vector<FoundManifest> discover(const std::vector<std::filesystem::path>& search_path,
                                    ManifestIndex& index);

}  // namespace millrace::plugin
