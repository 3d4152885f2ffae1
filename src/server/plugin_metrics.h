#pragma once

#include <string>
#include <vector>

#include "plugin/host/child_plugin.h"

namespace millrace::server {

/// What is known of each plugin, in Prometheus' text format, every series with the label "plugin". Empty
/// without plugins.
std::string plugin_metrics(const std::vector<plugin::PluginHealth>& plugins);

}  // namespace millrace::server
