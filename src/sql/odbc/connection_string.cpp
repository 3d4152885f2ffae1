#include "sql/odbc/connection_string.h"

#include <algorithm>

#include "base/error.h"

namespace millrace::sql::odbc {
namespace {

[[noreturn]] void refuse(const char* what) {
  throw_invalid_parameter(std::string("The ODBC connection string ") + what +
                          "; it has the form name=value;name={value};...");
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Takes "{...}" off `rest`, in which "}}" is a brace.
std::string take_braced(std::string_view& rest) {
  std::string value;
  for (size_t at = 1; at < rest.size(); ++at) {
    if (rest[at] != '}') {
      value += rest[at];
    } else if (at + 1 < rest.size() && rest[at + 1] == '}') {
      value += rest[at++];
    } else {
      rest.remove_prefix(at + 1);
      return value;
    }
  }
  refuse("has a '{' without a '}'");
}

std::string take_value(std::string_view& rest) {
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  if (rest.starts_with('{')) {
    std::string value = take_braced(rest);
    rest = trimmed(rest);
    if (!rest.empty() && !rest.starts_with(';')) refuse("has something between a '}' and the next ';'");
    return value;
  }
  const size_t end = std::min(rest.find(';'), rest.size());
  std::string value(trimmed(rest.substr(0, end)));
  rest.remove_prefix(end);
  return value;
}

// Plain are words that mean the same to every driver; all else goes into braces, which no driver looks into.
bool is_plain(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == ',' || c == ':' || c == '/' || c == '\\';
  });
}

std::string quoted(std::string_view value) {
  if (is_plain(value)) return std::string(value);
  std::string text = "{";
  for (const char c : value) {
    if (c == '}') text += c;
    text += c;
  }
  return text + "}";
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

ConnectionString ConnectionString::parse(std::string_view text) {
  ConnectionString parsed;
  for (std::string_view rest = trimmed(text); !rest.empty();) {
    if (rest.starts_with(';')) {
      rest = trimmed(rest.substr(1));
      continue;
    }
    const size_t equals = rest.find('=');
    if (equals == std::string_view::npos || rest.find(';') < equals) refuse("has an attribute without '='");
    std::string name(trimmed(rest.substr(0, equals)));
    rest.remove_prefix(equals + 1);
    parsed.add(std::move(name), take_value(rest));
  }
  return parsed;
}

const std::string* ConnectionString::find(std::string_view name) const {
  const auto found = std::find_if(attributes_.begin(), attributes_.end(),
                                  [&](const Attribute& one) { return same_name(one.first, name); });
  return found == attributes_.end() ? nullptr : &found->second;
}

std::string ConnectionString::text() const {
  std::string text;
  for (const auto& [name, value] : attributes_) text += name + "=" + quoted(value) + ";";
  return text;
}

}  // namespace millrace::sql::odbc
