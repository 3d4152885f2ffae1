#include "conformance/hosted/hosted_plugin.h"

#include <algorithm>

#include "base/error.h"

namespace millrace::conformance {
namespace {

// Some interpreters take their time, more so on a machine that is busy.
constexpr std::chrono::seconds kLongestStart{60};

plugin::Manifest with_short_waits(plugin::Manifest manifest) {
  manifest.run.start_timeout = std::min(manifest.run.start_timeout, kLongestStart);
  manifest.run.call_timeout = std::min(manifest.run.call_timeout, HostedPlugin::kLongestWait);
  return manifest;
}

}  // namespace

HostedPlugin::HostedPlugin(plugin::Manifest manifest, bool in_process, std::filesystem::path scratch)
    : manifest_(with_short_waits(std::move(manifest))),
      in_process_(in_process),
      scratch_(std::move(scratch)) {}

std::filesystem::path HostedPlugin::make_folder() {
  const std::lock_guard lock(mutex_);
  const std::filesystem::path folder = scratch_ / std::to_string(++folders_);
  std::filesystem::create_directory(folder);
  return folder;
}

std::shared_ptr<plugin::ChildPlugin> HostedPlugin::take() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_shared<plugin::ChildPlugin>(manifest_, log_.log());
  auto process = std::move(idle_.back());
  idle_.pop_back();
  return process;
}

void HostedPlugin::give_back(std::shared_ptr<plugin::ChildPlugin> process) {
  if (!is_sound(*process)) return;
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(process));
}

std::shared_ptr<plugin::LibraryPlugin> HostedPlugin::library() {
  const std::lock_guard lock(mutex_);
  if (library_ != nullptr) return library_;
  const std::string& file = manifest_.run.library;
  if (file.empty()) {
    throw Error(ErrorCode::kInvalidState,
                "The plugin '" + manifest_.id +
                    "' cannot be loaded into this process: its manifest names no 'library'.");
  }
  library_ = plugin::LibraryPlugin::load(manifest_.id, manifest_.folder / file, log_.log());
  return library_;
}

bool is_sound(const plugin::ChildPlugin& process) {
  const plugin::PluginHealth health = process.health();
  return health.running && health.starts == 1;
}

}  // namespace millrace::conformance
