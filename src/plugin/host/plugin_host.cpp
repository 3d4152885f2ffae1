#include "plugin/host/plugin_host.h"

#include "base/error.h"
#include "plugin/configuration.h"
#include "plugin/host/library_probe.h"

namespace millrace::plugin {

PluginHost::PluginHost(Catalog catalog, Policy policy, Environment environment, Log& log)
    : catalog_(std::move(catalog)),
      policy_(std::move(policy)),
      environment_(std::move(environment)),
      log_(log),
      sealed_files_(policy_, environment_) {}

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
  std::map<std::string, std::shared_ptr<CallStatistics>> statistics;
  std::map<std::string, std::shared_ptr<ChildPlugin>> children;
  std::map<std::string, std::shared_ptr<LibraryPlugin>> libraries;
  {
    const std::lock_guard lock(mutex_);
    statistics = statistics_;
    children = children_;
    libraries = libraries_;
  }
  std::vector<PluginHealth> healths;
  for (const auto& [id, calls] : statistics) {
    const auto child = children.find(id);
    PluginHealth health;
    health.id = id;
    if (child != children.end()) health = child->second->health();
    health.in_process = libraries.contains(id);
    health.running = health.running || health.in_process;
    health.calls = calls->counts();
    healths.push_back(std::move(health));
  }
  return healths;
}

std::shared_ptr<CallStatistics> PluginHost::statistics_of(const Manifest& manifest) {
  const std::lock_guard lock(mutex_);
  auto& statistics = statistics_[manifest.id];
  if (statistics == nullptr) statistics = std::make_shared<CallStatistics>();
  return statistics;
}

std::shared_ptr<Channel> PluginHost::open(const Provider& provider, const std::string& uri) {
  if (provider.plugin == nullptr)
    throw_invalid_parameter(provider.name.to_string() + " is built in, no plugin provides it.");
  const Manifest manifest = read_manifest(provider.plugin->folder);
  const Opening opening{provider.name.kind, provider.name.name, uri, configuration_of(manifest).reveal_all()};
  const std::shared_ptr<CallStatistics> statistics = statistics_of(manifest);
  try {
    return counted(
        runs_in_process(manifest) ? library(manifest)->open(opening) : child(manifest)->open(opening),
        statistics);
  } catch (const Error& error) {
    statistics->note_failure(error.what());
    throw;
  }
}

bool PluginHost::runs_in_process(const Manifest& manifest) const {
  return policy_.runs_in_process(manifest.id) && !manifest.run.library.empty();
}

std::string PluginHost::setting(Kind kind, const std::string& name, const std::string& key) const {
  const Provider provider = catalog_.for_name(kind, name);
  if (provider.plugin == nullptr) return "";
  const auto values = configuration_of(read_manifest(provider.plugin->folder)).reveal_all();
  const auto found = values.find(key);
  return found == values.end() ? "" : found->second;
}

Configuration PluginHost::configuration_of(const Manifest& manifest) const {
  const auto settings = policy_.settings.find(manifest.id);
  return resolve_configuration(manifest, settings == policy_.settings.end() ? Settings() : settings->second,
                               environment_);
}

std::shared_ptr<LibraryPlugin> PluginHost::library(const Manifest& manifest) {
  const std::lock_guard loading(library_mutex_);
  if (auto loaded = loaded_library(manifest.id)) return loaded;
  const auto refusal = refusals_.find(manifest.id);
  if (refusal != refusals_.end() && std::chrono::steady_clock::now() < refusal->second.until)
    throw Error(refusal->second.error);
  try {
    auto library = load(manifest);
    const std::lock_guard lock(mutex_);
    return libraries_[manifest.id] = std::move(library);
  } catch (const Error& error) {
    refusals_.insert_or_assign(manifest.id,
                               Refusal{error, std::chrono::steady_clock::now() + kRefusalStands});
    log_.write(LogLevel::kError, error.what(), {{"plugin", manifest.id}});
    throw;
  }
}

std::shared_ptr<LibraryPlugin> PluginHost::loaded_library(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto loaded = libraries_.find(id);
  return loaded == libraries_.end() ? nullptr : loaded->second;
}

std::shared_ptr<LibraryPlugin> PluginHost::load(const Manifest& manifest) {
  const std::filesystem::path file = manifest.folder / manifest.run.library;
  sealed_files_.check(manifest.id, manifest.folder);
  probe_library(manifest.id, file, manifest.run.start_timeout);
  return LibraryPlugin::load(manifest.id, file, log_);
}

std::shared_ptr<ChildPlugin> PluginHost::child(const Manifest& manifest) {
  const std::lock_guard lock(mutex_);
  auto& child = children_[manifest.id];
  if (child == nullptr)
    child = std::make_shared<ChildPlugin>(
        manifest, log_, [this](const Manifest& run) { sealed_files_.check(run.id, run.folder); });
  return child;
}

}  // namespace millrace::plugin
