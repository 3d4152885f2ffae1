#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/plugin_packages.h"

namespace millrace::cli {

/// What `millrace plugin doctor` was asked for.
struct DoctorOptions {
  std::vector<std::string> ids;  ///< empty: all plugins
  std::vector<std::string>
      uris;  ///< to open what is chosen by scheme with; those of the configuration file come by themselves
  std::chrono::seconds limit{15};
  std::filesystem::path configuration_file;  ///< empty: none
  bool json = false;
};

/// `millrace plugin doctor`: examines plugins one after another, starts them, opens what is configured and
/// lets them check themselves; prints what was found. A plugin that crashes or hangs costs one finding. No
/// secret is printed. The exit status: 1 when anything failed. Throws RESOURCE_DOES_NOT_EXIST for an id that
/// is not there, and INVALID_PARAMETER_VALUE for a URI whose scheme none of the plugins provides.
int examine_plugins(const DoctorOptions& options, const PluginContext& context);

}  // namespace millrace::cli
