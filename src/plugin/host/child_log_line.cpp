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

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

std::string harmless_text(std::string_view text) {
  const bool utf8 = simdjson::validate_utf8(text.data(), text.size());
  std::string result(text);
  for (char& c : result) {
    const bool foreign = static_cast<unsigned char>(c) >= 0x80;
    if (is_control(c) || (foreign && !utf8)) c = '?';
  }
  return result;
}

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
      return {level_named(level), harmless_text(message)};
  }
  return {LogLevel::kInfo, harmless_text(line)};
}

}  // namespace millrace::plugin
