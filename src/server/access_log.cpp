#include "server/access_log.h"

#include <charconv>

namespace millrace::server {
namespace {

std::string milliseconds(double seconds) {
  char buffer[32];
  const auto [end, fault] =
      std::to_chars(buffer, buffer + sizeof buffer, seconds * 1e3, std::chars_format::fixed, 3);
  return std::string(buffer, end);
}

}  // namespace

// The query stays out: it may carry what should not stand in logs, and it is as long as the client likes.
void AccessLog::write(const http::Completed& completed) {
  const http::RequestHead& head = completed.head;
  log_.write(LogLevel::kInfo, "request",
             {{"method", head.head_only ? "HEAD" : head.method},
              {"path", head.path.substr(0, 500)},
              {"operation", completed.operation.empty() ? "-" : completed.operation},
              {"status", std::to_string(completed.status), true},
              {"ms", milliseconds(completed.seconds), true},
              {"in", std::to_string(completed.bytes_in), true},
              {"out", std::to_string(completed.bytes_out), true},
              {"remote", head.remote_address},
              {"principal", completed.principal.empty() ? "-" : completed.principal},
              {"request_id", head.request_id}});
}

void AccessLog::completed(const http::Completed& completed) noexcept {
  try {
    metrics_.count(completed);
    if (log_requests_ && log_.enabled(LogLevel::kInfo)) write(completed);
  } catch (const std::exception& fault) {
    // Out of memory, most likely. The request was answered; that it is not told is all that is lost.
    log_.warning("A finished request could not be logged.");
  }
}

}  // namespace millrace::server
