#include "base/shown_uri.h"

#include <algorithm>

#include "base/uri.h"

namespace millrace {
namespace {

constexpr const char* kHidden = "***";

// Passwords may hold any character, an unencoded '/' or '@' too, so all that could be one goes.
void hide_user(std::string& rest) {
  const size_t at = rest.find_last_of('@');
  if (at == std::string::npos) return;
  const size_t begin = rest.starts_with("//") ? 2 : 0;
  if (at >= begin) rest.replace(begin, at - begin, kHidden);
}

// "password=x&host=y", and the form of ODBC, "Pwd=x;Server=y", where braces hold any character.
void hide_values(std::string& rest) {
  for (size_t equals = rest.find('='); equals != std::string::npos; equals = rest.find('=', equals)) {
    size_t end = std::min(rest.find_first_of("&;", equals), rest.size());
    if (rest.compare(equals + 1, 1, "{") == 0)
      end = rest.find('}', equals) == std::string::npos ? rest.size() : rest.rfind('}');
    rest.replace(equals + 1, end - equals - 1, kHidden);
    equals += 1;
  }
}

void hide_fragment(std::string& rest) {
  const size_t mark = rest.find('#');
  if (mark != std::string::npos) rest.replace(mark + 1, std::string::npos, kHidden);
}

}  // namespace

std::string shown_uri(std::string_view uri) {
  const std::string_view scheme = parse_uri(uri).scheme;
  if (scheme.empty()) return std::string(uri);
  std::string rest(uri.substr(scheme.size() + 1));
  hide_fragment(rest);
  hide_user(rest);
  hide_values(rest);
  return std::string(scheme) + ":" + rest;
}

}  // namespace millrace
