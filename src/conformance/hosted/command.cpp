#include "conformance/hosted/command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "base/descriptor.h"
#include "base/error.h"

namespace millrace::conformance {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kMostOutput = size_t{64} << 10;

[[noreturn]] void fail(const std::vector<std::string>& command, const std::string& why) {
  throw Error(ErrorCode::kInvalidState, "The command '" + command.front() + "' " + why + ".");
}

std::string program_of(const std::string& program, const std::filesystem::path& folder) {
  return program.find('/') == std::string::npos ? program : (folder / program).string();
}

pid_t spawn(const std::vector<std::string>& command, const std::filesystem::path& folder, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t id = -1;
  const int fault = posix_spawnp(&id, program_of(command.front(), folder).c_str(), &actions, &attributes,
                                 arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (fault != 0) fail(command, std::string("cannot be started: ") + std::strerror(fault));
  return id;
}

// Ends the program and all of its group, however the scope is left.
class Running {
 public:
  explicit Running(pid_t id) : id_(id) {}
  ~Running() { end(); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  int end() {
    if (id_ <= 0) return status_;
    ::kill(-id_, SIGKILL);
    waitpid(id_, &status_, 0);
    id_ = -1;
    return status_;
  }

  bool has_ended() const {
    siginfo_t found{};
    return waitid(P_PID, static_cast<id_t>(id_), &found, WEXITED | WNOWAIT | WNOHANG) == 0 &&
           found.si_pid == id_;
  }

 private:
  pid_t id_;
  int status_ = 0;
};

// A program in the background may hold the pipe open for as long as it likes: the end of the command counts.
std::string output_until_end(const Running& running, int pipe, Clock::time_point end) {
  constexpr int kLook = 20;  // milliseconds
  std::string output;
  bool ended = false;
  while (!ended && Clock::now() < end) {
    ended = running.has_ended();
    pollfd ready{pipe, POLLIN, 0};
    while (Clock::now() < end && ::poll(&ready, 1, ended ? 0 : kLook) > 0) {
      char buffer[4096];
      const ssize_t count = ::read(pipe, buffer, sizeof buffer);
      if (count <= 0) break;
      if (output.size() < kMostOutput) output.append(buffer, static_cast<size_t>(count));
    }
    if ((ready.revents & POLLHUP) != 0 && !ended) ::poll(nullptr, 0, kLook);
  }
  return output;
}

std::string last_line_of(std::string_view output) {
  output = output.substr(0, output.find_last_not_of(" \r\n") + 1);
  const size_t start = output.rfind('\n');
  return std::string(start == std::string_view::npos ? output : output.substr(start + 1));
}

}  // namespace

CommandOutcome run_command(const std::vector<std::string>& command, const std::filesystem::path& folder,
                           std::chrono::milliseconds limit) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail(command, "cannot be started: no descriptors are left");
  const Descriptor output(ends[0]);
  Descriptor write_end(ends[1]);
  Running running(spawn(command, folder, write_end.get()));
  write_end = Descriptor();
  const std::string text = output_until_end(running, output.get(), Clock::now() + limit);
  if (!running.has_ended()) {
    fail(command, "is not done within " +
                      std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limit).count()) + " s");
  }
  const int status = running.end();
  return {WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), last_line_of(text)};
}

}  // namespace millrace::conformance
