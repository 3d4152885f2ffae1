#include "conformance/testing/child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

#include "base/error.h"

namespace millrace::conformance::testing {
namespace {

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(ErrorCode::kInternalError, "cannot make a pipe");
  return ends;
}

std::string first_line(int descriptor) {
  std::string line;
  char byte = 0;
  while (read(descriptor, &byte, 1) == 1 && byte != '\n') line += byte;
  return line;
}

pid_t spawn(const std::vector<std::string>& command, int input, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t id = -1;
  const int fault = posix_spawn(&id, command.at(0).c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (fault == 0) return id;
  throw Error(ErrorCode::kInternalError, "cannot start " + command.at(0) + ": " + std::strerror(fault));
}

}  // namespace

Child::Child(const std::vector<std::string>& command) {
  const auto input = make_pipe(), output = make_pipe();
  id_ = spawn(command, input[0], output[1]);
  input_ = input[1];
  close(input[0]);
  close(output[1]);
  const std::string line = first_line(output[0]);
  close(output[0]);
  if (line == "ready") return;
  close(input_);
  waitpid(id_, nullptr, 0);
  if (!line.starts_with("fault "))
    throw Error(ErrorCode::kInternalError, "the child ended before it was ready");
  const size_t blank = line.find(' ', 6);
  throw Error(static_cast<ErrorCode>(std::stoi(line.substr(6, blank))), line.substr(blank + 1));
}

Child::~Child() {
  close(input_);
  waitpid(id_, nullptr, 0);
}

void Child::kill() const {
  ::kill(id_, SIGKILL);
  siginfo_t ignored{};
  waitid(P_PID, static_cast<id_t>(id_), &ignored, WEXITED | WNOWAIT);
}

}  // namespace millrace::conformance::testing
