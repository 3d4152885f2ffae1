#include "plugin/kind.h"

namespace millrace::plugin {
namespace {

struct KindRow {
  Kind kind;
  std::string_view name;
  std::string_view mlflow_group;
  bool by_scheme;
};

// Rows stand in the order of the enumeration, so that a kind is its own index.
constexpr std::array<KindRow, 12> kRows{{
    {Kind::kTrackingStore, "tracking_store", "mlflow.tracking_store", true},
    {Kind::kRegistryStore, "registry_store", "mlflow.model_registry_store", true},
    {Kind::kArtifactRepository, "artifact_repository", "mlflow.artifact_repository", true},
    {Kind::kRequestAuth, "request_auth", "mlflow.request_auth_provider", false},
    {Kind::kRequestHeader, "request_header", "mlflow.request_header_provider", false},
    {Kind::kRunContext, "run_context", "mlflow.run_context_provider", false},
    {Kind::kDefaultExperiment, "default_experiment", "mlflow.default_experiment_provider", false},
    {Kind::kProjectBackend, "project_backend", "mlflow.project_backend", false},
    {Kind::kModelEvaluator, "model_evaluator", "mlflow.model_evaluator", false},
    {Kind::kDeploymentTarget, "deployment_target", "mlflow.deployments", true},
    {Kind::kServerApp, "server_app", "mlflow.app", false},
    {Kind::kDatasetSource, "dataset_source", "mlflow.dataset_source", false},
}};

const KindRow& row(Kind kind) {
  return kRows.at(static_cast<size_t>(kind));
}

}  // namespace

std::string_view kind_name(Kind kind) {
  return row(kind).name;
}

std::optional<Kind> parse_kind(std::string_view text) {
  for (const KindRow& candidate : kRows) {
    if (text == candidate.name || text == candidate.mlflow_group) return candidate.kind;
  }
  return std::nullopt;
}

bool chosen_by_scheme(Kind kind) {
  return row(kind).by_scheme;
}

std::string all_kind_names() {
  std::string names;
  for (const KindRow& each : kRows) {
    if (!names.empty()) names += ", ";
    names += each.name;
  }
  return names;
}

}  // namespace millrace::plugin
