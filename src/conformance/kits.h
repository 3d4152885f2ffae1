#pragma once

#include "conformance/check.h"
#include "millrace/v1/services.gen.h"

namespace millrace::conformance {

/// What every tracking store must do (api/millrace/v1/plugin/tracking_store.proto).
Kit<TrackingStore> tracking_store_kit();

/// What every artifact repository must do (api/millrace/v1/plugin/artifact_repository.proto).
Kit<ArtifactRepository> artifact_repository_kit();

}  // namespace millrace::conformance
