#include "deployment_target.h"

MILLRACE_PLUGIN(plugin) {
  plugin.provide<millrace::DeploymentTarget>("sample-name", [](const millrace::PluginOptions& options) {
    return std::make_shared<sample_plugin::SamplePlugin>(options);
  });
}
