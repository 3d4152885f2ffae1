#pragma once

#include "conformance/check.h"

namespace millrace {

class TrackingStore;
class ModelEvaluator;
class ArtifactRepository;
class ServerApp;
class RequestHeader;
class DeploymentTarget;
class DefaultExperiment;
class DatasetSource;
class RequestAuth;
class RunContext;
class ProjectBackend;
class RegistryStore;

}  // namespace millrace

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

/// Judges predictions in a CSV file of the kit, as a classifier or as a regressor, whichever it can. What it
/// needs instead is given by the samples "model_type", "data" (a file), "targets" and "predictions" (columns;
/// the latter only without "model"), "model" (a folder) and "configuration" (a JSON object).
Kit<ModelEvaluator> model_evaluator_kit();

/// Sample "model": the folder of a model that it can serve, without which nearly all is skipped. Samples
/// "flavor" (otherwise the target chooses), "input" and "output": JSON that the model is asked with and
/// answers, "secret": a part of the credential that the plugin is configured with.
Kit<DeploymentTarget> deployment_target_kit();

}  // namespace millrace::conformance
