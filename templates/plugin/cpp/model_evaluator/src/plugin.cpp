#include "model_evaluator.h"

MILLRACE_PLUGIN(plugin) {
  plugin.provide<millrace::ModelEvaluator>("sample-name", [](const millrace::PluginOptions& options) {
    return std::make_shared<sample_plugin::SamplePlugin>(options);
  });
}
