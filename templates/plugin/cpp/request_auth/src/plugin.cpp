#include "request_auth.h"

MILLRACE_PLUGIN(plugin) {
  plugin.provide<millrace::RequestAuth>("sample-name", [](const millrace::PluginOptions& options) {
    return std::make_shared<sample_plugin::SamplePlugin>(options);
  });
}
