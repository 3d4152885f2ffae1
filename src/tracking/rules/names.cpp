#include "tracking/rules/names.h"

#include <vector>

#include "base/error.h"
#include "wire/json_writer.h"

namespace millrace::tracking {
namespace {

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == ' ' || c == ':' || c == '/' || static_cast<unsigned char>(c) >= 0x80;
}

// POSIX path normalisation: no empty and "." components, ".." taken back where there is something to take
// back.
std::string normalized(std::string_view path) {
  const std::string root = path.starts_with('/') ? "/" : "";
  std::vector<std::string_view> parts;
  for (size_t start = 0; start <= path.size();) {
    const size_t end = std::min(path.find('/', start), path.size());
    const std::string_view part = path.substr(start, end - start);
    if (part == "..") {
      if (!parts.empty() && parts.back() != "..") {
        parts.pop_back();
      } else if (root.empty()) {
        parts.push_back(part);
      }
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
    start = end + 1;
  }
  std::string result = root;
  for (const std::string_view part : parts) {
    if (result.size() > root.size()) result += '/';
    result += part;
  }
  return result.empty() ? "." : result;
}

bool is_canonical_path(std::string_view key) {
  const std::string path = normalized(key);
  return path == key && path != "." && !path.starts_with("..") && !path.starts_with('/');
}

// Nearly every key is plain; those are told apart without building anything.
bool needs_path_check(std::string_view key) {
  return key.empty() || key.find('/') != std::string_view::npos || key == "." || key.starts_with("..");
}

}  // namespace

size_t character_count(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += continues_character(c) ? 0 : 1;
  return count;
}

std::string_view first_characters(std::string_view text, size_t limit) {
  size_t count = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (continues_character(text[i])) continue;
    if (count++ == limit) return text.substr(0, i);
  }
  return text;
}

std::string json_path(std::string_view path, std::string_view name) {
  return path.empty() ? std::string(name) : std::string(path) + "." + std::string(name);
}

std::string quoted(std::string_view text) {
  std::string result;
  wire::append_json_string(first_characters(text, 200), result);
  return result;
}

void throw_missing(const std::string& path) {
  throw_invalid_parameter("Missing value for required parameter '" + path +
                          "'. See the API docs for more information about request parameters.");
}

void throw_invalid_value(const std::string& json_value, const std::string& path, const std::string& why) {
  throw_invalid_parameter("Invalid value " + json_value + " for parameter '" + path + "' supplied: " + why);
}

void check_key(std::string_view key, const std::string& path) {
  for (const char c : key) {
    if (is_key_character(c)) continue;
    throw_invalid_value(
        quoted(key), path,
        "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), "
        "colon(:) and slashes (/).");
  }
  check_resolves_to_itself(key, path);
}

void check_resolves_to_itself(std::string_view key, const std::string& path) {
  if (needs_path_check(key) && !is_canonical_path(key)) {
    throw_invalid_value(
        quoted(key), path,
        "Names may be treated as files in certain cases, and must not resolve to other names when "
        "treated as such. This name would resolve to '" +
            normalized(key) + "'");
  }
}

void check_length(std::string_view text, size_t limit, const std::string& what) {
  if (text.size() <= limit || character_count(text) <= limit) return;
  throw_invalid_parameter("'" + what + "' exceeds the maximum length of " + std::to_string(limit) +
                          " characters");
}

std::string_view limited_value(std::string_view value, size_t limit, LongValues rule,
                               const std::string& what) {
  if (value.size() <= limit) return value;
  if (rule == LongValues::kRefuse) check_length(value, limit, what);
  return first_characters(value, limit);
}

}  // namespace millrace::tracking
