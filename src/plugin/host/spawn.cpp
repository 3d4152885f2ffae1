#include "plugin/host/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/error.h"

namespace millrace::plugin {
namespace {

// Where the child keeps the pipe that tells why it could not start.
constexpr int kReport = STDERR_FILENO + 1;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// All that the child needs, made before the fork: between fork and exec only calls are allowed that are safe
// in a signal handler, because other threads of ours may have held any lock.
struct Plan {
  const char* program;
  char* const* arguments;
  char* const* environment;
  const char* folder;              // null: ours
  std::array<int, 4> descriptors;  // what becomes 0, 1, 2 and kReport
};

// Signals are blocked in the meantime, so that no handler of ours runs in the child. What we ignore of
// SIGXFSZ stays ignored: to a plugin too, a file that may not grow is an error like any other.
void restore_signals() {
  for (int number = 1; number < NSIG; ++number) {
    if (number != SIGXFSZ) signal(number, SIG_DFL);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// A plugin holds credentials: no core dump keeps them, no file that it makes shows them to other users. And
// it gets no rights that its user does not have, see docs/plugins/security.md.
bool give_up_rights() {
  umask(077);
  const rlimit none{0, 0};
  return setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

// They are moved out of the way first: one may have the number that another is to get.
bool place_descriptors(const std::array<int, 4>& descriptors) {
  std::array<int, 4> moved{};
  for (size_t i = 0; i < moved.size(); ++i) {
    moved.at(i) = fcntl(descriptors.at(i), F_DUPFD, kReport + 1);
    if (moved.at(i) < 0) return false;
  }
  for (int target = 0; target < kReport; ++target) {
    if (dup2(moved.at(static_cast<size_t>(target)), target) < 0) return false;
  }
  if (dup3(moved.back(), kReport, O_CLOEXEC) < 0) return false;
  closefrom(kReport + 1);
  return true;
}

// Writes errno to the pipe when it fails; when it succeeds, exec closes the pipe.
[[noreturn]] void become(const Plan& plan) {
  int report = plan.descriptors.back();
  restore_signals();
  bool ready = setpgid(0, 0) == 0 && give_up_rights();
  ready = ready && (plan.folder == nullptr || chdir(plan.folder) == 0);
  if (ready && place_descriptors(plan.descriptors)) {
    report = kReport;
    execvpe(plan.program, plan.arguments, plan.environment);
  }
  const int fault = errno;
  const ssize_t ignored = write(report, &fault, sizeof fault);
  static_cast<void>(ignored);
  _exit(127);
}

class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_{};
};

// Waits until the child has become the program; 0 then.
int reported_fault(const Descriptor& report) {
  int fault = 0;
  ssize_t count = 0;
  do count = read(report.get(), &fault, sizeof fault);
  while (count < 0 && errno == EINTR);
  return count == static_cast<ssize_t>(sizeof fault) ? fault : 0;
}

}  // namespace

Pipe make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw Error(ErrorCode::kResourceExhausted, "No descriptors are left to start a plugin.");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

Spawned spawn(SpawnOptions options) {
  Pipe report = make_pipe();
  const std::vector<char*> arguments = pointers(options.arguments);
  const std::vector<char*> environment = pointers(options.environment);
  const Plan plan{options.program.c_str(),
                  arguments.data(),
                  environment.data(),
                  options.folder.empty() ? nullptr : options.folder.c_str(),
                  {options.input, options.output, options.errors, report.write.get()}};
  Spawned spawned;
  {
    const BlockedSignals blocked;
    spawned.pid = fork();
    if (spawned.pid == 0) become(plan);
  }
  if (spawned.pid < 0) {
    spawned.fault = errno;
    return spawned;
  }
  report.write = Descriptor();
  spawned.fault = reported_fault(report.read);
  if (spawned.fault != 0) {
    waitpid(spawned.pid, nullptr, 0);
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
