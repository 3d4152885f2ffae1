#include "plugin/host/child_environment.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "plugin/sealed_files.h"

namespace millrace::plugin {
namespace {

constexpr std::array<std::string_view, 6> kEverybody{"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"};

bool is_declared(const std::vector<std::string>& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(), [name](const std::string& pattern) {
    if (!pattern.ends_with('*')) return pattern == name;
    return name.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
  });
}

}  // namespace

std::vector<std::string> child_command(const Manifest& manifest) {
  const RunSettings& run = manifest.run;
  std::vector<std::string> command = run.command;
  if (command.empty() && !run.python.empty())
    command = {run.interpreter, "-m", "millrace.plugin", run.python};
  if (command.empty()) {
    throw Error(ErrorCode::kInvalidState,
                "The plugin '" + manifest.id +
                    "' can only be loaded into the server's process, which has to be allowed: add its id to "
                    "'in-process' below [plugins] in the configuration file.");
  }
  command.front() = resolved_program(manifest, command.front());
  return command;
}

std::vector<std::string> child_environment(const Manifest& manifest, const std::string& socket_path) {
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    if (std::find(kEverybody.begin(), kEverybody.end(), name) != kEverybody.end() ||
        is_declared(manifest.run.environment, name))
      variables.emplace_back(text);
  }
  variables.push_back("MILLRACE_PLUGIN_MAGIC=c3a1f0d2-millrace-plugin");
  variables.push_back("MILLRACE_PLUGIN_PROTOCOLS=" + std::to_string(kHostProtocol.major));
  variables.push_back("MILLRACE_PLUGIN_SOCKET=" + socket_path);
  // Files that are locked or signed stay as they are; Python would lay its bytecode among them.
  if (may_be_sealed(manifest.folder)) variables.emplace_back("PYTHONDONTWRITEBYTECODE=1");
  return variables;
}

}  // namespace millrace::plugin
