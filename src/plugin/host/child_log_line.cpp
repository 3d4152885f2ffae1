#include "plugin/host/child_log_line.h"

#include <simdjson.h>

#include <map>

namespace millrace::plugin {
namespace {

LogLevel level_named(std::string_view name) {
  static const std::map<std::string_view, LogLevel> levels{{"debug", LogLevel::kDebug},
                                                           {"warning", LogLevel::kWarning},
                                                           {"error", LogLevel::kError},
                                                           {"critical", LogLevel::kError}};
  const auto found = levels.find(name);
  return found == levels.end() ? LogLevel::kInfo : found->second;
}

}  // namespace

ChildLogLine parse_child_log_line(std::string_view line) {
  if (line.starts_with('{')) {
    simdjson::dom::parser parser;
    const simdjson::padded_string text(line);
    simdjson::dom::element object;
    std::string_view level;
    std::string_view message;
    if (parser.parse(text).get(object) == simdjson::SUCCESS &&
        object["level"].get(level) == simdjson::SUCCESS &&
        object["message"].get(message) == simdjson::SUCCESS)
      return {level_named(level), std::string(message)};
  }
  return {LogLevel::kInfo, std::string(line)};
}

}  // namespace millrace::plugin
