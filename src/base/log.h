#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace millrace {

enum class LogFormat { kText, kJson };
enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// Parses "text" or "json", and "debug", "info", "warning" or "error"; throws INVALID_PARAMETER_VALUE.
LogFormat parse_log_format(std::string_view text);
LogLevel parse_log_level(std::string_view text);

/// Lines for the operator, to standard error: as text or as one JSON object a line. Made by main and handed
/// down; any thread may write. Lines below warning are flushed once a second, the others at once.
class Log {
 public:
  /// A field of a structured line: name and value. Values are quoted as the format needs it.
  struct Field {
    std::string_view name;
    std::string value;
    bool number = false;  ///< Print the value without quotes in JSON.
  };

  /// Takes a line as it is written, on the thread that writes it, its fields left out.
  using Taker = std::function<void(LogLevel level, std::string_view message)>;

  Log(LogFormat format, LogLevel threshold);
  /// Lines go to `taker` and nowhere else.
  Log(LogLevel threshold, Taker taker);
  ~Log();

  bool enabled(LogLevel level) const { return level >= threshold_; }
  void write(LogLevel level, std::string_view message, std::initializer_list<Field> fields = {});

  void debug(std::string_view message) { write(LogLevel::kDebug, message); }
  void info(std::string_view message) { write(LogLevel::kInfo, message); }
  void warning(std::string_view message) { write(LogLevel::kWarning, message); }
  void error(std::string_view message) { write(LogLevel::kError, message); }

 private:
  class Sink;
  LogFormat format_;
  LogLevel threshold_;
  std::unique_ptr<Sink> sink_;
  Taker taker_;  // in place of the sink
};

}  // namespace millrace
