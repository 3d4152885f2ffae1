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

/// What a plugin printed, fit for a log and for an answer: UTF-8 without control characters. Of bytes that
/// are not UTF-8 only the letters of ASCII stay.
std::string harmless_text(std::string_view text);

/// Takes apart a JSON object with "level" and "message"; every other line is the message of an info line. The
/// message is harmless text.
ChildLogLine parse_child_log_line(std::string_view line);

}  // namespace millrace::plugin
