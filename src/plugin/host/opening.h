#pragma once

#include <map>
#include <string>

#include "plugin/kind.h"

namespace millrace::plugin {

/// What an instance of a plugin is opened with. Settings hold secrets: not to be logged.
struct Opening {
  Kind kind = Kind::kTrackingStore;
  std::string name;  ///< scheme or name that the plugin provides
  std::string uri;   ///< root URI; empty for kinds found by name
  std::map<std::string, std::string> settings;
};

/// "plugin 'acme' (artifact_repository 'oss')", as messages name an instance.
std::string label_of(const std::string& plugin_id, const Opening& opening);

/// The bytes of the call Control.Open.
std::string open_request(const Opening& opening);

}  // namespace millrace::plugin
