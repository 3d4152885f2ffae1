#include "plugin/scheme.h"

#include <algorithm>

#include "base/uri.h"

namespace millrace::plugin {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_scheme_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

}  // namespace

std::string scheme_of(std::string_view uri) {
  const std::string_view scheme = parse_uri(uri).scheme;
  return scheme.size() < 2 ? std::string() : to_lower(scheme);
}

bool is_scheme(std::string_view text) {
  return text.size() >= 2 && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), is_scheme_character);
}

std::string_view driver_part(std::string_view scheme) {
  const size_t plus = scheme.find('+');
  return plus == std::string_view::npos ? std::string_view() : scheme.substr(0, plus);
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return lower;
}

}  // namespace millrace::plugin
