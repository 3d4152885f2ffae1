#include "default_experiment.h"

#include <filesystem>

namespace sample_plugin {
namespace {

using namespace millrace;
namespace fs = std::filesystem;

constexpr size_t kLongestPrefix = 200;  // bytes; names of files have 255, names of experiments 500

// The folder with `.git` that holds a folder; empty when there is none.
fs::path repository_of(const std::string& folder) {
  if (!folder.starts_with('/') || folder.find('\0') != std::string::npos) return {};
  std::error_code fault;
  for (fs::path path = fs::path(folder).lexically_normal();; path = path.parent_path()) {
    if (fs::exists(path / ".git", fault)) return path.has_filename() ? path : path.parent_path();
    if (path == path.parent_path()) return {};
  }
}

}  // namespace

SamplePlugin::SamplePlugin(const PluginOptions& options) : prefix_(options.text("prefix", "")) {
  if (prefix_.size() > kLongestPrefix)
    throw_invalid_parameter("The setting 'prefix' is longer than 200 bytes.");
}

v1::plugin::DefaultExperimentChoice SamplePlugin::get_default_experiment(
    const CallContext&, const v1::plugin::RunContextQuery& request) {
  v1::plugin::DefaultExperimentChoice choice;
  const std::string name = repository_of(request.working_directory()).filename().string();
  if (name.empty()) return choice;
  choice.set_applies(true);
  choice.set_experiment_name(prefix_ + name);
  return choice;
}

}  // namespace sample_plugin
