#include "example.h"

#include <fstream>

#include "base/ids.h"
#include "plugin/discovery.h"
#include "plugin/manifest_index.h"

namespace millrace::examples {
namespace {

namespace fs = std::filesystem;

plugin::PluginHost make_host(const std::string& id, Place place,
                             const std::map<std::string, std::string>& settings, Log& log) {
  plugin::Policy policy;
  policy.path = {fs::path(MILLRACE_EXAMPLES) / id / "plugins"};
  if (place == Place::kThisProcess) policy.in_process = {id};
  for (const auto& [name, value] : settings) policy.settings[id][name] = Secret(std::string_view(value));
  plugin::ManifestIndex index({});
  const auto no_environment = [](const std::string&) { return std::optional<std::string>(); };
  return plugin::PluginHost(plugin::Catalog({}, policy, discover(policy.path, index)), policy, no_environment,
                            log);
}

}  // namespace

Example::Example(const std::string& id, Place place, const std::map<std::string, std::string>& settings)
    : log_(LogFormat::kText, LogLevel::kError), host_(make_host(id, place, settings, log_)) {}

Folder::Folder() : path_(fs::temp_directory_path() / ("millrace-example-" + random_token(12))) {
  fs::create_directory(path_);
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Folder::put(const std::string& name, const std::string& content) const {
  fs::create_directories((path_ / name).parent_path());
  const fs::path draft = path_ / (name + ".draft");
  std::ofstream(draft, std::ios::binary) << content;
  fs::rename(draft, path_ / name);
  return path(name);
}

Error error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCode::kInternalError, ""};
}

}  // namespace millrace::examples
