#include "conformance/hosted/log_capture.h"

#include <chrono>
#include <thread>

#include "base/percent.h"

namespace millrace::conformance {
namespace {

// How long a line may take from a plugin's print to here.
constexpr std::chrono::milliseconds kOnItsWay{50};

std::string prefix_of(LogLevel level) {
  if (level == LogLevel::kError) return "error: ";
  return level == LogLevel::kWarning ? "warning: " : "";
}

}  // namespace

std::string as_utf8(std::string_view text) {
  std::string safe(text);
  if (is_valid_utf8(safe)) return safe;
  for (char& c : safe) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return safe;
}

LogCapture::LogCapture()
    : log_(LogLevel::kDebug, [this](LogLevel level, std::string_view message) { take(level, message); }) {}

void LogCapture::clear() {
  const std::lock_guard lock(mutex_);
  lines_.clear();
  dropped_ = 0;
}

std::vector<std::string> LogCapture::lines() {
  std::this_thread::sleep_for(kOnItsWay);
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines(lines_.begin(), lines_.end());
  if (dropped_ > 0) lines.insert(lines.begin(), "(" + std::to_string(dropped_) + " earlier lines)");
  return lines;
}

void LogCapture::take(LogLevel level, std::string_view message) {
  std::string line = prefix_of(level) + as_utf8(message.substr(0, kLongestLine));
  const std::lock_guard lock(mutex_);
  lines_.push_back(std::move(line));
  if (lines_.size() <= kMostLines) return;
  lines_.pop_front();
  ++dropped_;
}

}  // namespace millrace::conformance
