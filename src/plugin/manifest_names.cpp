#include "plugin/manifest_names.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace millrace::plugin {
namespace {

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z');
}

bool is_word(char c) {
  return is_letter(c) || is_digit(c) || c == '_';
}

template <class First, class Rest>
bool has_form(std::string_view text, First first, Rest rest) {
  return !text.empty() && first(text.front()) && std::all_of(text.begin() + 1, text.end(), rest);
}

bool is_identifier(std::string_view text) {
  return has_form(
      text, [](char c) { return is_letter(c) || c == '_'; }, is_word);
}

}  // namespace

bool is_plugin_id(std::string_view text) {
  const auto first = [](char c) { return is_lower(c) || is_digit(c); };
  return text.size() <= kLongestPluginId &&
         has_form(text, first, [&](char c) { return first(c) || c == '-'; });
}

bool is_provider_name(std::string_view text) {
  return has_form(
      text, [](char c) { return is_letter(c) || is_digit(c); },
      [](char c) { return is_word(c) || c == '-' || c == '.'; });
}

bool is_capability_name(std::string_view text) {
  return has_form(text, is_lower, [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '-'; });
}

bool is_setting_name(std::string_view text) {
  return has_form(text, is_letter, [](char c) { return is_word(c) || c == '-'; });
}

bool is_variable_name(std::string_view text) {
  return is_identifier(text);
}

bool is_variable_pattern(std::string_view text) {
  if (text.ends_with('*')) text.remove_suffix(1);
  return is_variable_name(text);
}

bool is_python_module(std::string_view text) {
  for (size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.')) {
    if (!is_identifier(text.substr(0, dot))) return false;
    text.remove_prefix(dot + 1);
  }
  return is_identifier(text);
}

bool stays_inside(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) return false;
  const std::filesystem::path normal = std::filesystem::path(path).lexically_normal();
  return !normal.empty() && normal.is_relative() && *normal.begin() != ".." && normal != ".";
}

std::string number_text(double number) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  return std::string(buffer, end);
}

}  // namespace millrace::plugin
