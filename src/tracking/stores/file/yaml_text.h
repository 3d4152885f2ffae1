#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::tracking::files {

/// Writes a meta.yaml: fields in the order in which they are set, texts in double quotes, so that no reader
/// takes one for a number or a date.
class YamlText {
 public:
  YamlText& set(std::string_view name, std::string_view text);
  YamlText& set(std::string_view name, const char* text) { return set(name, std::string_view(text)); }
  YamlText& set(std::string_view name, const std::string& text) { return set(name, std::string_view(text)); }
  YamlText& set(std::string_view name, int64_t number);
  /// null when there is no value.
  YamlText& set(std::string_view name, const std::optional<std::string>& text);
  YamlText& set(std::string_view name, const std::optional<int64_t>& number);
  YamlText& set_null(std::string_view name);
  YamlText& set_empty_list(std::string_view name);
  YamlText& set(std::string_view name, const std::map<std::string, std::string>& mapping);

  const std::string& text() const { return text_; }

 private:
  void begin(std::string_view name);

  std::string text_;
};

}  // namespace millrace::tracking::files
