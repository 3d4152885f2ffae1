#include "project_backend.h"

MILLRACE_PLUGIN(plugin) {
  plugin.provide<millrace::ProjectBackend>("sample-name",
                                           [](const millrace::PluginOptions& options) {
                                             return std::make_shared<sample_plugin::SamplePlugin>(options);
                                           },
                                           {"logs"});
}
