#include "server_app.h"

MILLRACE_PLUGIN(plugin) {
  plugin.provide<millrace::ServerApp>("sample-name", [](const millrace::PluginOptions& options) {
    return std::make_shared<sample_plugin::SamplePlugin>(options);
  });
}
