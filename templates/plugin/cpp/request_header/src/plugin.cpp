#include "request_header.h"

MILLRACE_PLUGIN(plugin) {
  plugin.provide<millrace::RequestHeader>("sample-name", [](const millrace::PluginOptions& options) {
    return std::make_shared<sample_plugin::SamplePlugin>(options);
  });
}
