#pragma once

#include <string>
#include <string_view>

#include "base/log.h"

namespace millrace::plugin {

/// A line that a plugin printed.
struct ChildLogLine {
  LogLevel level = LogLevel::kInfo;
  std::string message;
};

/// Takes apart a JSON object with "level" and "message"; every other line is the message of an info line.
ChildLogLine parse_child_log_line(std::string_view line);

}  // namespace millrace::plugin
