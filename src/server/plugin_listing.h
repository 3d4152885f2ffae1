#pragma once

#include "millrace/v1/server.pb.h"
#include "plugin/host/plugin_host.h"

namespace millrace::server {

/// What may be told of the plugins that a host knows: manifests, who provides what and why, and the health of
/// those that were needed. Reads the manifests anew; one that has become unreadable is told with the fault as
/// its reason. Any thread.
v1::PluginList list_plugins(const plugin::PluginHost& plugins);

v1::PluginHealth health_message(const plugin::PluginHealth& health);

}  // namespace millrace::server
