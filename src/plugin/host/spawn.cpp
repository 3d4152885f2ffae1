#include "plugin/host/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

namespace millrace::plugin {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

class SpawnAttributes {
 public:
  SpawnAttributes() {
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

class SpawnActions {
 public:
  explicit SpawnActions(const SpawnOptions& options) {
    posix_spawn_file_actions_init(&actions_);
    if (!options.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions_, options.folder.c_str());
    posix_spawn_file_actions_adddup2(&actions_, options.input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, options.output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, options.errors, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
  }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

Pipe make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw Error(ErrorCode::kResourceExhausted, "No descriptors are left to start a plugin.");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Spawned spawn(SpawnOptions options) {
  const SpawnAttributes attributes;
  const SpawnActions actions(options);
  Spawned spawned;
  spawned.fault = posix_spawnp(&spawned.pid, options.program.c_str(), actions.get(), attributes.get(),
                               pointers(options.arguments).data(), pointers(options.environment).data());
  if (spawned.fault != 0) {
    spawned.pid = -1;
  } else {
    spawned.ending = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, spawned.pid, 0)));
  }
  return spawned;
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return "was ended by signal " + std::to_string(WTERMSIG(status));
  return "ended with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace millrace::plugin
