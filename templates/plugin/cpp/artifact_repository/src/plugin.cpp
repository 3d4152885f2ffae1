#include "artifact_repository.h"

MILLRACE_PLUGIN(plugin) {
  plugin.provide<millrace::ArtifactRepository>(
      "sample-name",
      [](const millrace::PluginOptions& options) {
        return std::make_shared<sample_plugin::SamplePlugin>(options);
      },
      {"ranges"});
}
