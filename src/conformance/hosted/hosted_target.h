#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "conformance/hosted/hosted_plugin.h"
#include "plugin/channel.h"
#include "plugin/configuration.h"
#include "plugin/environment.h"
#include "plugin/host/opening.h"

namespace millrace::conformance {

/// One kind and name of a plugin, and how it is opened for a test. Constant while checks run.
struct HostedTarget {
  std::shared_ptr<HostedPlugin> plugin;
  plugin::Kind kind = plugin::Kind::kTrackingStore;
  std::string name;
  plugin::TestTable test;
  plugin::Settings settings;  ///< of the operator, the manifest's for tests and the command line
  plugin::Environment environment;
  bool permissions_bind = false;  ///< whether taking permissions away has an effect on the plugin

  std::shared_ptr<plugin::Channel> first;  ///< an instance that tells what all of them can do
  bool keeps_files = false;                ///< whether what is written appears as files below {folder}

  /// How an instance with its data in `folder` is opened. Throws as resolve_configuration() does.
  plugin::Opening opening(const std::filesystem::path& folder) const;

  /// `text` with {folder} and {plugin} filled in.
  std::string filled(std::string text, const std::filesystem::path& folder) const;
};

/// The root URI to test `scheme` at: the manifest's, with that scheme where it names another one of its
/// table, or SCHEME:{folder}.
std::string test_uri(const std::string& uri, const std::string& scheme);

}  // namespace millrace::conformance
