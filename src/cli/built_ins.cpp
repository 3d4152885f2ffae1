#include "cli/built_ins.h"

namespace millrace::cli {

std::vector<plugin::ProvidedName> built_in_names() {
  using plugin::Kind;
  return {
      {Kind::kTrackingStore, "sqlite"},    {Kind::kArtifactRepository, ""},  // plain paths
      {Kind::kArtifactRepository, "file"}, {Kind::kArtifactRepository, "mlflow-artifacts"},
      {Kind::kArtifactRepository, "http"}, {Kind::kArtifactRepository, "https"},
  };
}

}  // namespace millrace::cli
