#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "base/secret.h"
#include "plugin/environment.h"
#include "plugin/manifest.h"

namespace millrace::plugin {

/// What an operator set for one plugin, name to text. All of it counts as secret until the manifest tells
/// which is.
using Settings = std::map<std::string, Secret>;

/// Typed value of a setting. A secret is a Secret whatever its type.
using SettingValue = std::variant<std::string, int64_t, double, bool, Secret>;

/// The settings of a plugin, resolved and checked against its manifest. A value.
class Configuration {
 public:
  explicit Configuration(std::map<std::string, SettingValue> values) : values_(std::move(values)) {}

  /// Settings without a value are not in it.
  const std::map<std::string, SettingValue>& values() const { return values_; }

  /// All values as text, secrets included: what a plugin is opened with. Not to be logged.
  std::map<std::string, std::string> reveal_all() const;

 private:
  std::map<std::string, SettingValue> values_;
};

/// Something that is wrong with the settings of a plugin.
struct ConfigurationFault {
  std::string name;     ///< of the setting
  std::string message;  ///< what is wrong and what to set where; never the value of a secret
};

/// All faults, in the order of the manifest, unknown names last. For `doctor`.
std::vector<ConfigurationFault> find_configuration_faults(const Manifest& manifest, const Settings& settings,
                                                          const Environment& environment);

/// Where the value of each setting that has one stands: "'key' below [plugins.settings.acme] in the
/// configuration file", "the environment variable ACME_KEY" or "the default". By name.
std::map<std::string, std::string> find_setting_places(const Manifest& manifest, const Settings& settings,
                                                       const Environment& environment);

/// Takes each setting from the first that has it: the operator's settings, the environment variable that the
/// manifest names, the default. A variable that is set but empty counts as not set. Integers are decimal,
/// booleans "true" or "false". Throws INVALID_PARAMETER_VALUE with the messages of all faults.
Configuration resolve_configuration(const Manifest& manifest, const Settings& settings,
                                    const Environment& environment);

}  // namespace millrace::plugin
