#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "plugin/configuration.h"
#include "plugin/kind.h"

namespace millrace::plugin {

/// A name that a plugin can provide.
struct ProvidedName {
  Kind kind = Kind::kTrackingStore;
  std::string name;  ///< a scheme or a name; empty: plain paths

  auto operator<=>(const ProvidedName&) const = default;

  std::string to_string() const { return std::string(kind_name(kind)) + ":" + name; }
};

/// What the operator decides about plugins: the table [plugins] of the configuration file. A value.
struct Policy {
  std::vector<std::filesystem::path> path;        ///< searched before all others
  std::vector<std::string> allow;                 ///< patterns of ids, '*' stands for anything; empty: all
  std::map<ProvidedName, std::string> overrides;  ///< the plugin, by id, that has to provide a name
  std::vector<std::string> in_process;            ///< patterns of ids that may be loaded into this process
  std::vector<std::string> trusted_keys;          ///< raw Ed25519 public keys, base64
  bool require_signature = false;                 ///< refuse what no trusted key signed
  std::map<std::string, Settings> settings;       ///< by plugin id

  bool allows(const std::string& id) const;
  bool runs_in_process(const std::string& id) const;
};

/// Reads [plugins] of a configuration file; relative folders in `path` start at the file's. Other tables are
/// not looked at; without the table, or for an empty `file`, the policy is the default one. Throws as
/// read_manifest() does, with line and column.
Policy read_policy(const std::filesystem::path& file);

/// Understands "artifact_repository:s3". Empty when it is not of that form or there is no such kind.
std::optional<ProvidedName> parse_provided_name(std::string_view text);

}  // namespace millrace::plugin
