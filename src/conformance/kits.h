#pragma once

#include "conformance/check.h"
#include "millrace/v1/services.gen.h"

namespace millrace::conformance {

/// What every plugin of a kind must do, whatever stands behind it. The contracts are in
/// api/millrace/v1/plugin/<kind>.proto. Some checks need a sample (Subject::sample); without it they are
/// reported as skipped.

Kit<TrackingStore> tracking_store_kit();
Kit<RegistryStore> registry_store_kit();
Kit<ArtifactRepository> artifact_repository_kit();

/// Sample "secret": a part of the credential that the plugin is configured with.
Kit<RequestAuth> request_auth_kit();
Kit<RequestHeader> request_header_kit();
Kit<RunContext> run_context_kit();
Kit<DefaultExperiment> default_experiment_kit();

/// Sample "source": what a user would name; its data must be there and not be empty.
Kit<DatasetSource> dataset_source_kit();

/// Samples "authorization" and "expired_authorization": Authorization headers, one valid, one that was.
Kit<ServerApp> server_app_kit();

/// Runs jobs of /bin/sh, some of ten minutes that are cancelled.
Kit<ProjectBackend> project_backend_kit();

}  // namespace millrace::conformance
