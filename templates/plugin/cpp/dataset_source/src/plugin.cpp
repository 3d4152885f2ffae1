#include "dataset_source.h"

MILLRACE_PLUGIN(plugin) {
  plugin.provide<millrace::DatasetSource>("sample-name", [](const millrace::PluginOptions& options) {
    return std::make_shared<sample_plugin::SamplePlugin>(options);
  });
}
