#include "run_context.h"

MILLRACE_PLUGIN(plugin) {
  plugin.provide<millrace::RunContext>("sample-name", [](const millrace::PluginOptions& options) {
    return std::make_shared<sample_plugin::SamplePlugin>(options);
  });
}
