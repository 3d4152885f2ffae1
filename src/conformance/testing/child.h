#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace millrace::conformance::testing {

/// A child process that says on its standard output when it is ready, and ends when its standard input does.
class Child {
 public:
  /// Starts `command` and returns when it has written the line "ready". Throws the Error that it wrote as
  /// "fault <code> <message>", or INTERNAL_ERROR when it ended without a word.
  explicit Child(const std::vector<std::string>& command);
  /// Closes its standard input and waits for its end.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t id() const { return id_; }

  /// Sends SIGKILL and returns when the process is gone.
  void kill() const;

 private:
  pid_t id_ = -1;
  int input_ = -1;
};

}  // namespace millrace::conformance::testing
