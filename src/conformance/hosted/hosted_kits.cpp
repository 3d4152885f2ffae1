#include "conformance/hosted/hosted_kits.h"

#include <algorithm>
#include <vector>

#include "conformance/hosted/hosted_subject.h"
#include "conformance/kits.h"
#include "millrace/v1/plugin/artifact_repository.proxy.gen.h"
#include "millrace/v1/plugin/dataset_source.proxy.gen.h"
#include "millrace/v1/plugin/default_experiment.proxy.gen.h"
#include "millrace/v1/plugin/deployment_target.proxy.gen.h"
#include "millrace/v1/plugin/model_evaluator.proxy.gen.h"
#include "millrace/v1/plugin/project_backend.proxy.gen.h"
#include "millrace/v1/plugin/registry_store.proxy.gen.h"
#include "millrace/v1/plugin/request_auth.proxy.gen.h"
#include "millrace/v1/plugin/request_header.proxy.gen.h"
#include "millrace/v1/plugin/run_context.proxy.gen.h"
#include "millrace/v1/plugin/server_app.proxy.gen.h"
#include "millrace/v1/plugin/tracking_store.proxy.gen.h"

namespace millrace::conformance {
namespace {

using plugin::Kind;

const CallContext kContext;

void write_file(ArtifactRepository& repository) {
  v1::plugin::ArtifactWrite request;
  request.set_path("trace");
  const auto sink = repository.write(kContext, request);
  sink->write("x");
  sink->commit();
}

void make_experiment(TrackingStore& store) {
  v1::plugin::NewExperiment experiment;
  experiment.set_name("trace");
  experiment.set_artifact_root("file:///trace");
  experiment.set_creation_time(1);
  store.create_experiment(kContext, experiment);
}

void make_model(RegistryStore& store) {
  v1::plugin::NewRegisteredModel model;
  model.set_name("trace");
  model.set_creation_time(1);
  store.create_registered_model(kContext, model);
}

template <typename Interface, typename Proxy>
HostedKit row(Kind kind, Kit<Interface> (*kit)(), void (*leave_trace)(Interface&) = nullptr) {
  HostedKit hosted;
  hosted.kind = kind;
  hosted.run = [kit](const std::shared_ptr<const HostedTarget>& target, const KitOptions& options) {
    return run_hosted<Interface, Proxy>(kit(), target, options);
  };
  if (leave_trace == nullptr) return hosted;
  hosted.leave_trace = [leave_trace](const std::shared_ptr<plugin::Channel>& channel) {
    Proxy proxy(channel);
    leave_trace(proxy);
  };
  return hosted;
}

// A kind gets its kit by a line here.
const std::vector<HostedKit>& hosted_kits() {
  using namespace plugin;
  static const std::vector<HostedKit> kits{
      row<TrackingStore, TrackingStoreProxy>(Kind::kTrackingStore, tracking_store_kit, make_experiment),
      row<RegistryStore, RegistryStoreProxy>(Kind::kRegistryStore, registry_store_kit, make_model),
      row<ArtifactRepository, ArtifactRepositoryProxy>(Kind::kArtifactRepository, artifact_repository_kit,
                                                       write_file),
      row<RequestAuth, RequestAuthProxy>(Kind::kRequestAuth, request_auth_kit),
      row<RequestHeader, RequestHeaderProxy>(Kind::kRequestHeader, request_header_kit),
      row<RunContext, RunContextProxy>(Kind::kRunContext, run_context_kit),
      row<DefaultExperiment, DefaultExperimentProxy>(Kind::kDefaultExperiment, default_experiment_kit),
      row<ProjectBackend, ProjectBackendProxy>(Kind::kProjectBackend, project_backend_kit),
      row<ServerApp, ServerAppProxy>(Kind::kServerApp, server_app_kit),
      row<DatasetSource, DatasetSourceProxy>(Kind::kDatasetSource, dataset_source_kit),
      row<ModelEvaluator, ModelEvaluatorProxy>(Kind::kModelEvaluator, model_evaluator_kit),
      row<DeploymentTarget, DeploymentTargetProxy>(Kind::kDeploymentTarget, deployment_target_kit),
  };
  return kits;
}

}  // namespace

const HostedKit* find_hosted_kit(Kind kind) {
  const auto& kits = hosted_kits();
  const auto found =
      std::find_if(kits.begin(), kits.end(), [kind](const HostedKit& kit) { return kit.kind == kind; });
  return found == kits.end() ? nullptr : &*found;
}

}  // namespace millrace::conformance
