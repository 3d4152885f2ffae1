#pragma once

/// What every plugin needs whatever its kinds: registration, settings, log. See millrace/plugin.h.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "millrace/cancellation.h"
#include "millrace/v1/dispatchers.gen.h"
#include "millrace/v1/plugin/control.pb.h"

namespace millrace {

enum class PluginLogLevel { kDebug, kInfo, kWarning, kError };

/// Where a plugin's log lines go: into the host's log, under the plugin's name. Any thread.
class PluginLog {
 public:
  virtual ~PluginLog() = default;
  virtual void write(PluginLogLevel level, std::string_view message) = 0;

  void info(std::string_view message) { write(PluginLogLevel::kInfo, message); }
  void warning(std::string_view message) { write(PluginLogLevel::kWarning, message); }
  void error(std::string_view message) { write(PluginLogLevel::kError, message); }
};

/// What an instance is made from. Settings were checked against plugin.toml by the host: what is required is
/// there and of its type.
class PluginOptions {
 public:
  PluginOptions(std::string name, std::string uri, std::map<std::string, std::string> settings,
                std::shared_ptr<PluginLog> log);

  const std::string& name() const { return name_; }  ///< scheme or name that was asked for
  const std::string& uri() const { return uri_; }    ///< root URI; empty for kinds found by name
  PluginLog& log() const { return *log_; }
  std::shared_ptr<PluginLog> shared_log() const { return log_; }

  bool has(const std::string& key) const { return settings_.contains(key); }
  /// Each throws INVALID_PARAMETER_VALUE naming the setting when it is absent or of another type.
  std::string text(const std::string& key) const;
  std::string text(const std::string& key, const std::string& otherwise) const;
  int64_t integer(const std::string& key) const;
  double number(const std::string& key) const;
  bool boolean(const std::string& key) const;
  Secret secret(const std::string& key) const;

 private:
  std::string name_;
  std::string uri_;
  std::map<std::string, std::string> settings_;
  std::shared_ptr<PluginLog> log_;
};

/// Implemented beside its kind by a class that can tell whether what stands behind it is reachable with the
/// credentials it has: asked by `millrace plugin doctor`. Changes nothing.
class SelfCheck {
 public:
  virtual ~SelfCheck() = default;
  virtual v1::plugin::CheckReport check() = 0;
};

/// What a plugin provides. Filled by the registration, constant after that.
class Plugin {
 public:
  template <typename Interface>
  using Factory = std::function<std::shared_ptr<Interface>(const PluginOptions& options)>;

  /// `name` is the scheme or name of plugin.toml, `capabilities` what the implementation can do beside the
  /// core of its kind. The factory is called once for each root URI and configuration.
  template <typename Interface>
  Plugin& provide(const std::string& name, Factory<Interface> factory,
                  std::vector<std::string> capabilities = {}) {
    static_assert(!sdk::kKindName<Interface>.empty(), "this is not the interface of a plugin kind");
    const auto make = [factory = std::move(factory)](const PluginOptions& options) {
      std::shared_ptr<Interface> made = factory(options);
      if (made == nullptr) throw Error(ErrorCode::kInternalError, "The plugin made nothing.");
      auto self_check = std::dynamic_pointer_cast<SelfCheck>(made);
      return Made{std::make_shared<sdk::Dispatcher>(sdk::method_table<Interface>(), std::move(made)),
                  std::move(self_check)};
    };
    provisions_.push_back({std::string(sdk::kKindName<Interface>), name, std::move(capabilities),
                           &sdk::method_table<Interface>(), make});
    return *this;
  }

  /// What a factory made, ready to be called.
  struct Made {
    std::shared_ptr<sdk::Dispatcher> dispatcher;
    std::shared_ptr<SelfCheck> self_check;  ///< null when the class has none
  };
  struct Provision {
    std::string kind;
    std::string name;
    std::vector<std::string> capabilities;
    const sdk::MethodTable* table;
    std::function<Made(const PluginOptions&)> make;
  };
  const std::vector<Provision>& provisions() const { return provisions_; }

 private:
  std::vector<Provision> provisions_;
};

}  // namespace millrace

/// Defined by the author through MILLRACE_PLUGIN.
void millrace_register_plugin(millrace::Plugin& plugin);

#define MILLRACE_PLUGIN(plugin) void millrace_register_plugin(::millrace::Plugin& plugin)
