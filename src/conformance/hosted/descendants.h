#pragma once

#include <sys/types.h>

#include <vector>

namespace millrace::conformance {

/// The processes that a process has started and those that they have, as far as they still run. A look at
/// something that changes: what is told may have ended since.
std::vector<pid_t> descendants_of(pid_t process);

/// Sends SIGKILL to all descendants of this process, again and again until none runs or two seconds are over.
void end_descendants();

}  // namespace millrace::conformance
