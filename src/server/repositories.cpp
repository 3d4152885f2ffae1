#include "server/repositories.h"

#include "millrace/v1/plugin/artifact_repository.proxy.gen.h"
#include "server/built_ins.h"

namespace millrace::server {

plugin::Catalog checked_catalog(const plugin::Policy& policy) {
  plugin::Catalog catalog = load_catalog(built_in_names(), policy, plugin::process_environment());
  catalog.check();
  return catalog;
}

artifacts::RepositoryRegistry all_repositories(plugin::PluginHost& plugins) {
  artifacts::RepositoryRegistry registry;
  artifacts::add_built_in_repositories(registry);
  // What the operator has bound to a plugin is not ours any more.
  for (const plugin::Provider& provider : plugins.catalog().all_of(plugin::Kind::kArtifactRepository)) {
    if (provider.plugin != nullptr) registry.forget(provider.name.name);
  }
  registry.set_others([&plugins](const std::string& uri) {
    return std::make_shared<plugin::ArtifactRepositoryProxy>(
        plugins.open_uri(plugin::Kind::kArtifactRepository, uri));
  });
  return registry;
}

}  // namespace millrace::server
