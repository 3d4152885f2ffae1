#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "conformance/hosted/log_capture.h"
#include "plugin/host/child_plugin.h"
#include "plugin/host/library_plugin.h"
#include "plugin/manifest.h"

namespace millrace::conformance {

/// A plugin for the length of its test: its processes, or its library in this process, what they log, and new
/// folders for their data. A check takes a process and gives it back when it is as sound as before, so that
/// the next one need not wait for a start. Any thread.
class HostedPlugin {
 public:
  /// The longest that a plugin may take to answer a call while it is tested; its manifest may say less. To
  /// start it has what its manifest says, a minute at most.
  static constexpr std::chrono::seconds kLongestWait{20};

  /// `scratch` is where its folders are made.
  HostedPlugin(plugin::Manifest manifest, bool in_process, std::filesystem::path scratch);

  const plugin::Manifest& manifest() const { return manifest_; }
  bool in_process() const { return in_process_; }
  LogCapture& log() { return log_; }

  /// A new empty folder.
  std::filesystem::path make_folder();

  /// A process for the caller alone, which starts at its first call when it is a new one.
  std::shared_ptr<plugin::ChildPlugin> take();
  /// Gives back what take() gave; what has ended meanwhile is dropped.
  void give_back(std::shared_ptr<plugin::ChildPlugin> process);

  /// The plugin in this process. Throws as LibraryPlugin::load() does, and INVALID_STATE when it has no
  /// library.
  std::shared_ptr<plugin::LibraryPlugin> library();

 private:
  const plugin::Manifest manifest_;
  const bool in_process_;
  const std::filesystem::path scratch_;
  LogCapture log_;  // before all that writes to it
  std::mutex mutex_;
  int folders_ = 0;
  std::vector<std::shared_ptr<plugin::ChildPlugin>> idle_;
  std::shared_ptr<plugin::LibraryPlugin> library_;
};

/// Whether the process has served all the time since it was started.
bool is_sound(const plugin::ChildPlugin& process);

}  // namespace millrace::conformance
