#pragma once

#include <string>

#include "tracking/rules/names.h"

namespace millrace::tracking {

/// What the operator decides about tracking.
struct TrackingSettings {
  /// Where the artifacts of new experiments go: this URI, a slash and the experiment's id.
  std::string artifact_root;
  LongValues long_values = LongValues::kTruncate;
};

}  // namespace millrace::tracking
