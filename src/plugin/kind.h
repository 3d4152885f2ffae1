#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::plugin {

/// What a plugin can stand in for. Each kind has a contract of its own in api/millrace/v1/plugin.
enum class Kind {
  kTrackingStore,
  kRegistryStore,
  kArtifactRepository,
  kRequestAuth,
  kRequestHeader,
  kRunContext,
  kDefaultExperiment,
  kProjectBackend,
  kModelEvaluator,
  kDeploymentTarget,
  kServerApp,
  kDatasetSource,
};

inline constexpr std::array<Kind, 12> kKinds{
    Kind::kTrackingStore,  Kind::kRegistryStore,    Kind::kArtifactRepository, Kind::kRequestAuth,
    Kind::kRequestHeader,  Kind::kRunContext,       Kind::kDefaultExperiment,  Kind::kProjectBackend,
    Kind::kModelEvaluator, Kind::kDeploymentTarget, Kind::kServerApp,          Kind::kDatasetSource,
};

/// The name in manifests, commands and messages: "tracking_store".
std::string_view kind_name(Kind kind);

/// Understands the names and MLflow's entry point groups ("mlflow.model_registry_store"); empty otherwise.
std::optional<Kind> parse_kind(std::string_view text);

/// Whether providers of this kind are chosen by the scheme of a URI; the others are chosen by name.
bool chosen_by_scheme(Kind kind);

/// All names, separated by commas, for messages.
std::string all_kind_names();

}  // namespace millrace::plugin
