#include "registry/rules/names.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "tracking/rules/names.h"

namespace millrace::registry {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_alias_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool looks_like_version(std::string_view alias) {
  return alias.size() > 1 && (alias[0] == 'v' || alias[0] == 'V') &&
         std::all_of(alias.begin() + 1, alias.end(), is_digit);
}

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_whole_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

void check_model_name(const std::string& name, const std::string& parameter) {
  if (trimmed(name).empty())
    throw_invalid_parameter("Missing value for required parameter '" + parameter + "'.");
  if (name.find_first_of("/:") != std::string::npos)
    throw_invalid_parameter("Invalid model name '" + name + "'. Names cannot contain '/' or ':'.");
  tracking::check_resolves_to_itself(name, "name");
}

void check_tag(std::string_view key, std::string_view value) {
  tracking::check_key(key, "key");
  tracking::check_length(key, kLongestTagKey, "key");
  tracking::check_length(value, kLongestTagValue, "value");
}

void check_alias(const std::string& alias) {
  if (alias.empty()) throw_invalid_parameter("Registered model alias name cannot be empty.");
  if (!std::all_of(alias.begin(), alias.end(), is_alias_character)) {
    throw_invalid_parameter("Invalid alias name: '" + alias +
                            "'. Names may only contain alphanumerics, underscores (_), and dashes (-).");
  }
  tracking::check_length(alias, kLongestAlias, "Registered model alias name");
}

void check_new_alias(const std::string& alias) {
  check_alias(alias);
  if (is_latest(alias)) throw_invalid_parameter("'latest' alias name (case insensitive) is reserved.");
  if (looks_like_version(alias)) throw_invalid_parameter("Version alias name '" + alias + "' is reserved.");
}

bool is_latest(std::string_view alias) {
  return lower_case(alias) == "latest";
}

int64_t version_number(const std::string& name, const std::string& version) {
  std::string_view digits = trimmed(version);
  if (!is_whole_number(digits))
    throw_invalid_parameter("Parameter 'version' must be an integer, got '" + version + "'.");
  if (digits.starts_with('+')) digits.remove_prefix(1);
  int64_t number = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (fault == std::errc() && number > 0 && number <= INT32_MAX) return number;
  throw_not_found("Model Version (name=" + name + ", version=" + std::string(digits) + ") not found");
}

}  // namespace millrace::registry
