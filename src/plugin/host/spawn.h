#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/descriptor.h"

namespace millrace::plugin {

struct Pipe {
  Descriptor read;
  Descriptor write;
};

/// Closed in programs that we start. Throws RESOURCE_EXHAUSTED when no descriptors are left.
Pipe make_pipe();

/// What a child process of ours starts with.
struct SpawnOptions {
  std::string program;  ///< a bare name is looked for on PATH
  std::vector<std::string> arguments;
  std::vector<std::string> environment;  ///< NAME=value; the whole of it
  std::string folder;                    ///< its working folder; empty: ours
  int input = -1;                        ///< becomes its standard input; output and errors likewise
  int output = -1;
  int errors = -1;
};

struct Spawned {
  pid_t pid = -1;
  int fault = 0;      ///< errno of a start that failed; 0 when it was started
  Descriptor ending;  ///< readable when the process has ended
};

/// Starts a program with no signal blocked or ignored but SIGXFSZ where we ignore it, as a group of its own,
/// with no descriptors but three. It gives up what a plugin does not need: it cannot gain rights by
/// set-user-id programs, writes no core dump, and its files are its user's alone (umask 077). Returns when
/// the program runs or could not be started. Any thread.
Spawned spawn(SpawnOptions options);

/// "was ended by signal 9", "ended with status 1": what waitpid() told, in words.
std::string how_it_ended(int status);

}  // namespace millrace::plugin
