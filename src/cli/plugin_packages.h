#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

#include "plugin/catalog.h"
#include "plugin/environment.h"
#include "plugin/install.h"
#include "plugin/policy.h"

namespace millrace::cli {

/// What the commands about installed plugins work with.
struct PluginContext {
  plugin::Policy policy;  ///< with the folders of --path first
  plugin::Environment environment;
  std::filesystem::path root;  ///< where `install` and `remove` work; empty when there is no such folder
  std::ostream& out;
};

/// `millrace plugin pack`: checks the folder and packs it, signed when a key is named. `archive` may be
/// empty: <id>-<version>.mrp in the current folder. Throws as pack_folder() does.
void pack_plugin(const std::filesystem::path& folder, std::filesystem::path archive,
                 const std::filesystem::path& private_key, std::ostream& out);

/// `millrace plugin install`, from a file or a URL.
void install_plugin(const std::string& source, const plugin::InstallOptions& options,
                    const PluginContext& context);

/// `millrace plugin verify`: all plugins, or those of an id. The exit status: 1 when anything differs. Throws
/// RESOURCE_DOES_NOT_EXIST for an id that is not there.
int verify_plugins(const std::string& id, const PluginContext& context);

/// `millrace plugin remove`.
void remove_installed_plugin(const std::string& id, const PluginContext& context);

}  // namespace millrace::cli
