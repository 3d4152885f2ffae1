#include "plugin/version.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace millrace::plugin {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_number(std::string_view text) {
  return all_digits(text) && (text.size() == 1 || text.front() != '0');
}

bool is_identifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

std::vector<std::string_view> split_at_dots(std::string_view text) {
  std::vector<std::string_view> parts;
  for (size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.')) {
    parts.push_back(text.substr(0, dot));
    text.remove_prefix(dot + 1);
  }
  parts.push_back(text);
  return parts;
}

// Takes what follows `mark` off the end; empty when the mark is not there.
std::optional<std::string_view> cut_after(std::string_view& text, char mark) {
  const size_t at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(at + 1);
  text = text.substr(0, at);
  return rest;
}

bool is_prerelease_part(std::string_view part) {
  return is_identifier(part) && (!all_digits(part) || is_number(part));
}

template <class Check>
bool each_part(std::optional<std::string_view> text, Check check) {
  if (!text) return true;
  const auto parts = split_at_dots(*text);
  return std::all_of(parts.begin(), parts.end(), check);
}

std::optional<int> small_number(std::string_view text) {
  int number = 0;
  if (!is_number(text) || text.size() > 6) return std::nullopt;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

bool is_semantic_version(std::string_view text) {
  const auto build = cut_after(text, '+');
  const auto prerelease = cut_after(text, '-');
  const auto core = split_at_dots(text);
  return core.size() == 3 && std::all_of(core.begin(), core.end(), is_number) &&
         each_part(prerelease, is_prerelease_part) && each_part(build, is_identifier);
}

std::optional<ProtocolVersion> parse_protocol_version(std::string_view text) {
  const auto parts = split_at_dots(text);
  if (parts.size() != 2) return std::nullopt;
  const auto major = small_number(parts[0]);
  const auto minor = small_number(parts[1]);
  if (!major || !minor || *major == 0) return std::nullopt;
  return ProtocolVersion{*major, *minor};
}

}  // namespace millrace::plugin
