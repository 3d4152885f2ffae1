#include "plugin/host/plugin_host.h"

#include "base/error.h"
#include "plugin/configuration.h"
#include "plugin/host/library_probe.h"

namespace millrace::plugin {

PluginHost::PluginHost(Catalog catalog, Policy policy, Environment environment, Log& log)
    : catalog_(std::move(catalog)),
      policy_(std::move(policy)),
      environment_(std::move(environment)),
      log_(log) {}

PluginHost::~PluginHost() {
  for (const auto& [id, child] : children_) child->stop();
}

std::shared_ptr<Channel> PluginHost::open_uri(Kind kind, const std::string& uri) {
  return open(catalog_.for_uri(kind, uri), uri);
}

std::shared_ptr<Channel> PluginHost::open_name(Kind kind, const std::string& name) {
  return open(catalog_.for_name(kind, name), "");
}

std::vector<PluginHealth> PluginHost::health() const {
  std::vector<PluginHealth> healths;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, child] : children_) healths.push_back(child->health());
  return healths;
}

std::shared_ptr<Channel> PluginHost::open(const Provider& provider, const std::string& uri) {
  if (provider.plugin == nullptr)
    throw_invalid_parameter(provider.name.to_string() + " is built in, no plugin provides it.");
  const Manifest manifest = read_manifest(provider.plugin->folder);
  const auto settings = policy_.settings.find(manifest.id);
  const Configuration configuration = resolve_configuration(
      manifest, settings == policy_.settings.end() ? Settings() : settings->second, environment_);
  const Opening opening{provider.name.kind, provider.name.name, uri, configuration.reveal_all()};
  if (policy_.runs_in_process(manifest.id) && !manifest.run.library.empty())
    return library(manifest)->open(opening);
  return child(manifest)->open(opening);
}

std::shared_ptr<LibraryPlugin> PluginHost::library(const Manifest& manifest) {
  const std::lock_guard lock(library_mutex_);
  auto& library = libraries_[manifest.id];
  if (library != nullptr) return library;
  const auto refusal = refusals_.find(manifest.id);
  if (refusal != refusals_.end() && std::chrono::steady_clock::now() < refusal->second.until)
    throw Error(refusal->second.error);
  try {
    return library = load(manifest);
  } catch (const Error& error) {
    refusals_.insert_or_assign(manifest.id,
                               Refusal{error, std::chrono::steady_clock::now() + kRefusalStands});
    log_.write(LogLevel::kError, error.what(), {{"plugin", manifest.id}});
    throw;
  }
}

std::shared_ptr<LibraryPlugin> PluginHost::load(const Manifest& manifest) const {
  const std::filesystem::path file = manifest.folder / manifest.run.library;
  probe_library(manifest.id, file, manifest.run.start_timeout);
  return LibraryPlugin::load(manifest.id, file, log_);
}

std::shared_ptr<ChildPlugin> PluginHost::child(const Manifest& manifest) {
  const std::lock_guard lock(mutex_);
  auto& child = children_[manifest.id];
  if (child == nullptr) child = std::make_shared<ChildPlugin>(manifest, log_);
  return child;
}

}  // namespace millrace::plugin
