#include "job_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <thread>

namespace sample_plugin {
namespace {

using namespace millrace;

// Writes how the command ended. The names are set by the plugin, the command comes as arguments: no quoting.
constexpr const char* kWrapper =
    "cd \"$1\" && shift && \"$@\"; status=$?; echo $status > \"$0.new\" && mv \"$0.new\" \"$0\"; exit "
    "$status";

std::vector<std::string> command_of(const v1::plugin::ProjectJob& job, int64_t nice,
                                    const JobFolder& folder) {
  std::vector<std::string> words{"/usr/bin/env",
                                 "nice",
                                 "-n",
                                 std::to_string(nice),
                                 "/bin/sh",
                                 "-c",
                                 kWrapper,
                                 folder.exit_file().string(),
                                 job.working_directory()};
  words.insert(words.end(), job.command().begin(), job.command().end());
  return words;
}

std::vector<std::string> environment_of(const v1::plugin::ProjectJob& job) {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    variables[text.substr(0, text.find('='))] = text.substr(std::min(text.find('=') + 1, text.size()));
  }
  for (const auto& [name, value] : job.environment()) variables[name] = value;
  variables["MLFLOW_RUN_ID"] = job.run_id();
  variables["MLFLOW_EXPERIMENT_ID"] = job.experiment_id();
  variables["MLFLOW_TRACKING_URI"] = job.tracking_uri();
  std::vector<std::string> entries;
  for (const auto& [name, value] : variables) entries.push_back(name + "=" + value);
  return entries;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// How the process starts: its files, a session of its own, no signal blocked.
class SpawnSettings {
 public:
  explicit SpawnSettings(const std::string& log) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                     0644);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

}  // namespace

void start_job(const v1::plugin::ProjectJob& job, int64_t nice, const JobFolder& folder) {
  std::vector<std::string> command = command_of(job, nice, folder);
  std::vector<std::string> environment = environment_of(job);
  const SpawnSettings settings(folder.log().string());
  pid_t process = 0;
  const int fault = ::posix_spawn(&process, command.front().c_str(), &settings.actions, &settings.attributes,
                                  pointers(command).data(), pointers(environment).data());
  if (fault != 0) {
    throw Error(ErrorCode::kTemporarilyUnavailable,
                std::string("The job cannot be started: ") + std::strerror(fault) + ".");
  }
  folder.set_group(process);
  // Collects the process when it ends; gone with the plugin, whose jobs run on.
  std::thread([process] {
    int status = 0;
    ::waitpid(process, &status, 0);
  }).detach();
}

}  // namespace sample_plugin
