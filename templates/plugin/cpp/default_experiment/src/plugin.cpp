#include "default_experiment.h"

MILLRACE_PLUGIN(plugin) {
  plugin.provide<millrace::DefaultExperiment>("sample-name", [](const millrace::PluginOptions& options) {
    return std::make_shared<sample_plugin::SamplePlugin>(options);
  });
}
