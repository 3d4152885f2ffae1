#include "registry_store.h"

MILLRACE_PLUGIN(plugin) {
  plugin.provide<millrace::RegistryStore>("sample-name",
                                          [](const millrace::PluginOptions& options) {
                                            return std::make_shared<sample_plugin::SamplePlugin>(options);
                                          },
                                          {"stages"});
}
