#include "tracking_store.h"

MILLRACE_PLUGIN(plugin) {
  plugin.provide<millrace::TrackingStore>("sample-name",
                                          [](const millrace::PluginOptions& options) {
                                            return std::make_shared<sample_plugin::SamplePlugin>(options);
                                          },
                                          {"metric_deletion"});
}
