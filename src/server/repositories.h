#pragma once

#include "artifacts/repository_registry.h"
#include "plugin/catalog.h"
#include "plugin/host/plugin_host.h"

namespace millrace::server {

/// What is built in and what the policy allows of plugins. Throws when names collide.
plugin::Catalog checked_catalog(const plugin::Policy& policy);

/// The repositories of artifacts that come with the program and those of plugins; `plugins` must outlive it.
artifacts::RepositoryRegistry all_repositories(plugin::PluginHost& plugins);

}  // namespace millrace::server
