#pragma once

#include <string>
#include <vector>

#include "tracking/stores/file/root.h"
#include "tracking/stores/file/thing.h"

namespace millrace::tracking::files {

/// The URI that artifacts of a thing are read from. A meta.yaml may come from anywhere: from another machine,
/// whose paths are not here, or from somebody who would like this server to show its own files. So a local
/// path counts only below the root or one of `artifact_roots`; for any other the folder beside the files
/// stands in: the one that MLflow would have used. URIs of other kinds stay.
std::string shown_location(const std::string& uri, const ThingPlace& place, const Root& root,
                           const std::vector<std::string>& artifact_roots);

}  // namespace millrace::tracking::files
