#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "conformance/report.h"
#include "conformance/runner.h"
#include "plugin/configuration.h"
#include "plugin/environment.h"
#include "plugin/manifest.h"

namespace millrace::conformance {

/// What is tested of a plugin, and how.
struct PluginTest {
  plugin::Manifest manifest;
  plugin::Settings settings;   ///< the operator's
  plugin::Settings overrides;  ///< count before the operator's and before [provides.test]
  plugin::Environment environment;
  std::optional<plugin::Kind> kind;  ///< that alone
  std::string name;                  ///< and of it this scheme or name alone; empty: all
  bool in_process = false;
  std::filesystem::path scratch;  ///< an empty folder, where all data go
  KitOptions options;
};

/// Opens everything that the plugin provides, then runs the kit of each kind for each name. A failed check
/// has the lines that the plugin logged meanwhile; what has no kit is in the report as skipped. Throws, with
/// what to do, when something cannot be opened or nothing fits `kind` and `name`. A check that hangs may
/// leave a thread behind (run_checks()).
Report test_plugin(const PluginTest& test);

}  // namespace millrace::conformance
