#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace millrace::conformance {

struct CommandOutcome {
  int status = 0;         ///< exit status; 128 and the signal's number when it was ended by one
  std::string last_line;  ///< that it printed and that is not empty, on either output
};

/// Runs a program in a folder, without input, and waits for its end. A relative program with a '/' in it
/// starts at the folder. Throws INVALID_STATE when it cannot be started or runs longer than `limit`; it and
/// what it started is ended then.
CommandOutcome run_command(const std::vector<std::string>& command, const std::filesystem::path& folder,
                           std::chrono::milliseconds limit);

}  // namespace millrace::conformance
