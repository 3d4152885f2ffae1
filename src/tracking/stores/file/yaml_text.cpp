#include "tracking/stores/file/yaml_text.h"

#include <cstdio>

namespace millrace::tracking::files {
namespace {

void append_escape(std::string& out, const char* format, unsigned value) {
  char buffer[12];
  std::snprintf(buffer, sizeof buffer, format, value);
  out += buffer;
}

// The code point at the start of well-formed UTF-8 and its length.
unsigned code_point(std::string_view text, size_t& length) {
  const auto byte = [&](size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[i])); };
  const unsigned first = byte(0);
  length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (length > text.size()) length = 1;
  if (length == 1) return first;
  unsigned value = first & (0x7FU >> length);
  for (size_t i = 1; i < length; ++i) value = (value << 6) | (byte(i) & 0x3F);
  return value;
}

// What YAML 1.1 does not take as it stands, or folds.
bool needs_escape(unsigned value) {
  return value < 0x20 || (value >= 0x7F && value < 0xA0) || value == 0x2028 || value == 0x2029 ||
         value == 0xFEFF || value == 0xFFFE || value == 0xFFFF;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    size_t length = 1;
    const unsigned value = code_point(text, length);
    if (value == '"' || value == '\\') {
      out += '\\';
      out += static_cast<char>(value);
    } else if (value == '\n') {
      out += "\\n";
    } else if (needs_escape(value)) {
      append_escape(out, value < 0x100 ? "\\x%02X" : "\\u%04X", value);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out + '"';
}

}  // namespace

void YamlText::begin(std::string_view name) {
  text_ += name;
  text_ += ": ";
}

YamlText& YamlText::set(std::string_view name, std::string_view text) {
  begin(name);
  text_ += quoted(text) + "\n";
  return *this;
}

YamlText& YamlText::set(std::string_view name, int64_t number) {
  begin(name);
  text_ += std::to_string(number) + "\n";
  return *this;
}

YamlText& YamlText::set(std::string_view name, const std::optional<std::string>& text) {
  return text ? set(name, *text) : set_null(name);
}

YamlText& YamlText::set(std::string_view name, const std::optional<int64_t>& number) {
  return number ? set(name, *number) : set_null(name);
}

YamlText& YamlText::set_null(std::string_view name) {
  begin(name);
  text_ += "null\n";
  return *this;
}

YamlText& YamlText::set_empty_list(std::string_view name) {
  begin(name);
  text_ += "[]\n";
  return *this;
}

YamlText& YamlText::set(std::string_view name, const std::map<std::string, std::string>& mapping) {
  begin(name);
  if (mapping.empty()) {
    text_ += "{}\n";
    return *this;
  }
  text_ += "\n";
  for (const auto& [key, value] : mapping) text_ += "  " + quoted(key) + ": " + quoted(value) + "\n";
  return *this;
}

}  // namespace millrace::tracking::files
