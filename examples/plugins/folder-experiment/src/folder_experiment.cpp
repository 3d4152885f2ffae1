// Names the experiment of a run for which the user named none: by the variable EXPERIMENT_NAME, else by the
// git repository that the process works in, else, where that is wanted, by its folder.

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "millrace/plugin.h"

namespace {

using namespace millrace;
using v1::plugin::DefaultExperimentChoice;
using v1::plugin::RunContextQuery;
namespace fs = std::filesystem;

constexpr size_t kLongestName = 500;
constexpr int kMostFolders = 64;
constexpr int kMostLines = 2000;

// What an experiment may be called: of a line break and the like a blank is left, and no half character at
// the end.
std::string legal_name(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  if (name.size() <= kLongestName) return name;
  size_t end = kLongestName;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  return name.substr(0, end);
}

// The folder that has `.git`, in which a repository begins; empty when there is none above. The folder may be
// gone or closed to us: that is no repository either.
fs::path repository_of(const fs::path& working_directory) {
  std::error_code ignored;
  fs::path folder = working_directory;
  for (int level = 0; level < kMostFolders && folder.is_absolute(); ++level) {
    if (fs::exists(folder / ".git", ignored)) return folder;
    if (folder == folder.parent_path()) break;
    folder = folder.parent_path();
  }
  return {};
}

std::string trimmed(const std::string& line) {
  const size_t first = line.find_first_not_of(" \t");
  const size_t last = line.find_last_not_of(" \t\r");
  return first == std::string::npos ? "" : line.substr(first, last - first + 1);
}

// "model" of "https://user:password@host/team/model.git" and "git@host:team/model.git": nothing before the
// last part is told, where credentials may stand.
std::string last_part(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  if (url.ends_with(".git")) url.resize(url.size() - 4);
  return url.substr(url.find_last_of("/:") + 1);
}

// As the remote "origin" calls the repository, which all clones share; empty when there is none.
std::string name_of_origin(const fs::path& repository) {
  std::ifstream config(repository / ".git" / "config");
  bool in_origin = false;
  std::string line;
  for (int count = 0; count < kMostLines && std::getline(config, line); ++count) {
    line = trimmed(line);
    if (line.starts_with('[')) in_origin = line == "[remote \"origin\"]";
    const size_t equals = line.find('=');
    if (in_origin && equals != std::string::npos && trimmed(line.substr(0, equals)) == "url")
      return last_part(trimmed(line.substr(equals + 1)));
  }
  return "";
}

std::string name_of_repository(const fs::path& working_directory) {
  const fs::path repository = repository_of(working_directory);
  if (repository.empty()) return "";
  const std::string origin = name_of_origin(repository);
  return origin.empty() ? repository.filename().string() : origin;
}

class FolderExperiment : public DefaultExperiment {
 public:
  explicit FolderExperiment(const PluginOptions& options)
      : prefix_(options.text("prefix")), any_folder_(options.boolean("any-folder")) {}

  DefaultExperimentChoice get_default_experiment(const CallContext&, const RunContextQuery& query) override {
    DefaultExperimentChoice choice;
    const std::string name = name_for(query);
    if (name.empty()) return choice;
    choice.set_applies(true);
    choice.set_experiment_name(legal_name(prefix_ + name));
    return choice;
  }

 private:
  std::string name_for(const RunContextQuery& query) const {
    const auto variable = query.environment().find("EXPERIMENT_NAME");
    if (variable != query.environment().end() && !variable->second.empty()) return variable->second;
    const fs::path folder = fs::path(query.working_directory()).lexically_normal();
    const std::string repository = name_of_repository(folder);
    if (!repository.empty() || !any_folder_) return repository;
    return folder.filename().string();
  }

  const std::string prefix_;
  const bool any_folder_;
};

}  // namespace

MILLRACE_PLUGIN(plugin) {
  plugin.provide<DefaultExperiment>(
      "folder", [](const PluginOptions& options) { return std::make_shared<FolderExperiment>(options); });
}
