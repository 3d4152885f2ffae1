#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "base/log.h"

namespace millrace::conformance {

/// Keeps the last lines that a plugin, and the host about it, logged. Any thread.
class LogCapture {
 public:
  static constexpr size_t kMostLines = 40;
  static constexpr size_t kLongestLine = 500;

  LogCapture();

  Log& log() { return log_; }
  void clear();
  /// The lines since the last clear(), as text that is valid UTF-8: "error: ..." and "warning: ..." where
  /// they are, others as they came. What was printed just now is waited for.
  std::vector<std::string> lines();

 private:
  void take(LogLevel level, std::string_view message);

  std::mutex mutex_;
  std::deque<std::string> lines_;
  size_t dropped_ = 0;
  Log log_;
};

/// The text with '?' for bytes that are no UTF-8.
std::string as_utf8(std::string_view text);

}  // namespace millrace::conformance
