#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/call_context.h"
#include "base/error.h"
#include "base/log.h"
#include "plugin/host/plugin_host.h"

namespace millrace::examples {

/// Where a plugin runs. Each test of an example asks both and expects the same.
enum class Place { kChildProcess, kThisProcess };
inline constexpr Place kPlaces[] = {Place::kChildProcess, Place::kThisProcess};

inline const CallContext kContext;

/// One of the examples as a host has it, found by its manifest, with these settings. Its instances live as
/// long as this.
class Example {
 public:
  Example(const std::string& id, Place place, const std::map<std::string, std::string>& settings = {});

  /// Opens what it provides under a name; `Proxy` and `kind` belong together.
  template <typename Proxy>
  std::unique_ptr<Proxy> open(plugin::Kind kind, const std::string& name) {
    return std::make_unique<Proxy>(host_.open_name(kind, name));
  }

 private:
  Log log_;
  plugin::PluginHost host_;
};

/// A new folder for files of a test, gone at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const std::string& name = "") const { return (path_ / name).string(); }
  /// Puts a file in place whole, by rename(), with the folders above it. Returns its path.
  std::string put(const std::string& name, const std::string& content) const;

 private:
  std::filesystem::path path_;
};

/// The error that it throws; one of code INTERNAL_ERROR and without text when it throws none.
Error error_of(const std::function<void()>& action);

}  // namespace millrace::examples
