#include "base/log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/error.h"

namespace millrace {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      break;
  }
  return spdlog::level::err;
}

// Control characters would let a caller forge lines, so both formats escape them.
void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
}

std::string json_line(std::string_view message, std::initializer_list<Log::Field> fields) {
  std::string line = "\"message\":\"";
  append_escaped(line, message);
  line += '"';
  for (const Log::Field& field : fields) {
    line += ",\"";
    line += field.name;
    line += field.number ? "\":" : "\":\"";
    append_escaped(line, field.value);
    if (!field.number) line += '"';
  }
  return line;
}

std::string text_line(std::string_view message, std::initializer_list<Log::Field> fields) {
  std::string line;
  append_escaped(line, message);
  for (const Log::Field& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    append_escaped(line, field.value);
  }
  return line;
}

// The library's own sink for standard error flushes after each line, which costs more than the line.
class BufferedStandardError : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    buffer_.append(line.data(), line.size());
    if (buffer_.size() >= kFull) flush_();
  }

  // What standard error does not take is dropped: there is no other place to tell.
  void flush_() override {
    std::string_view rest = buffer_;
    while (!rest.empty()) {
      const ssize_t count = ::write(STDERR_FILENO, rest.data(), rest.size());
      if (count < 0 && errno != EINTR) break;
      rest.remove_prefix(count < 0 ? 0 : static_cast<size_t>(count));
    }
    buffer_.clear();
  }

 private:
  static constexpr size_t kFull = 32 * 1024;
  std::string buffer_;
};

}  // namespace

class Log::Sink {
 public:
  Sink(LogFormat format, LogLevel threshold)
      : logger_("millrace", std::make_shared<BufferedStandardError>()) {
    logger_.set_level(spdlog_level(threshold));
    logger_.flush_on(spdlog::level::warn);
    logger_.set_pattern(format == LogFormat::kJson ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                                   : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                        spdlog::pattern_time_type::utc);
    flusher_ = std::jthread([this](std::stop_token stop) { flush_each_second(stop); });
  }

  void write(LogLevel level, const std::string& line) { logger_.log(spdlog_level(level), line); }

  ~Sink() {
    flusher_.request_stop();
    flusher_.join();
    logger_.flush();
  }

 private:
  void flush_each_second(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (!wake.wait_for(lock, stop, std::chrono::seconds(1), [&] { return stop.stop_requested(); })) {
      logger_.flush();
    }
  }

  spdlog::logger logger_;
  std::jthread flusher_;
};

Log::Log(LogFormat format, LogLevel threshold)
    : format_(format), threshold_(threshold), sink_(std::make_unique<Sink>(format, threshold)) {}

Log::Log(LogLevel threshold, Taker taker)
    : format_(LogFormat::kText), threshold_(threshold), taker_(std::move(taker)) {}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view message, std::initializer_list<Field> fields) {
  if (!enabled(level)) return;
  if (taker_) return taker_(level, message);
  sink_->write(level, format_ == LogFormat::kJson ? json_line(message, fields) : text_line(message, fields));
}

LogFormat parse_log_format(std::string_view text) {
  if (text == "text") return LogFormat::kText;
  if (text == "json") return LogFormat::kJson;
  throw_invalid_parameter("The log format is 'text' or 'json', not '" + std::string(text) + "'.");
}

LogLevel parse_log_level(std::string_view text) {
  if (text == "debug") return LogLevel::kDebug;
  if (text == "info") return LogLevel::kInfo;
  if (text == "warning") return LogLevel::kWarning;
  if (text == "error") return LogLevel::kError;
  throw_invalid_parameter("The log level is 'debug', 'info', 'warning' or 'error', not '" +
                          std::string(text) + "'.");
}

}  // namespace millrace
