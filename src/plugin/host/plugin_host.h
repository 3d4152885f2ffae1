#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "plugin/catalog.h"
#include "plugin/channel.h"
#include "plugin/environment.h"
#include "plugin/host/child_plugin.h"
#include "plugin/host/library_plugin.h"
#include "plugin/policy.h"
#include "plugin/sealed_files.h"

namespace millrace::plugin {

/// Opens what plugins provide: finds who serves a URI or a name, resolves the plugin's settings, checks its
/// files against lock and signature, starts or loads it when it is first needed. A plugin runs as a child
/// process unless the operator allows it into ours; then its library is tried in a process of its own before
/// it is loaded, and one that was refused is tried again after kRefusalStands at the earliest. Any thread.
class PluginHost {
 public:
  PluginHost(Catalog catalog, Policy policy, Environment environment, Log& log);
  /// Ends all child processes.
  ~PluginHost();
  PluginHost(const PluginHost&) = delete;
  PluginHost& operator=(const PluginHost&) = delete;

  const Catalog& catalog() const { return catalog_; }

  /// A way to what serves the URI (kinds chosen by scheme). Throws as Catalog::for_uri(), as
  /// resolve_configuration(), and what the plugin answers. INVALID_PARAMETER_VALUE when a built-in serves it.
  std::shared_ptr<Channel> open_uri(Kind kind, const std::string& uri);
  /// The same for kinds chosen by name.
  std::shared_ptr<Channel> open_name(Kind kind, const std::string& name);

  /// The value of a setting, as text, that the plugin of this name is opened with; empty when it has none.
  /// Throws as open_name(). Not to be logged: it may be a secret.
  std::string setting(Kind kind, const std::string& name, const std::string& key) const;

  /// Whether the plugin runs, when it is needed, as a library in our own process.
  bool runs_in_process(const Manifest& manifest) const;

  /// Of the plugins that were needed so far, by id.
  std::vector<PluginHealth> health() const;

 private:
  struct Refusal {
    Error error;
    std::chrono::steady_clock::time_point until;
  };
  static constexpr std::chrono::seconds kRefusalStands{10};

  std::shared_ptr<Channel> open(const Provider& provider, const std::string& uri);
  Configuration configuration_of(const Manifest& manifest) const;
  std::shared_ptr<LibraryPlugin> library(const Manifest& manifest);
  std::shared_ptr<LibraryPlugin> loaded_library(const std::string& id) const;
  std::shared_ptr<LibraryPlugin> load(const Manifest& manifest);
  std::shared_ptr<ChildPlugin> child(const Manifest& manifest);
  std::shared_ptr<CallStatistics> statistics_of(const Manifest& manifest);

  const Catalog catalog_;
  const Policy policy_;
  const Environment environment_;
  Log& log_;
  SealedFiles sealed_files_;
  std::mutex library_mutex_;                 // held while a library is tried and loaded; before mutex_
  std::map<std::string, Refusal> refusals_;  // of libraries, by plugin; under library_mutex_
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<LibraryPlugin>> libraries_;
  std::map<std::string, std::shared_ptr<ChildPlugin>> children_;
  std::map<std::string, std::shared_ptr<CallStatistics>> statistics_;
};

}  // namespace millrace::plugin
