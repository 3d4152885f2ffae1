#include "base/uri.h"

#include <algorithm>

namespace millrace {
namespace {

bool is_scheme(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  });
}

// Takes what follows `mark` off the end of `text`.
std::string_view cut_after(std::string_view& text, char mark) {
  const size_t at = text.find(mark);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + 1);
  text = text.substr(0, at);
  return rest;
}

}  // namespace

Uri parse_uri(std::string_view text) {
  Uri uri;
  const size_t colon = text.find_first_of(":/?#");
  if (colon != std::string_view::npos && text[colon] == ':' && is_scheme(text.substr(0, colon))) {
    uri.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  uri.fragment = cut_after(text, '#');
  uri.query = cut_after(text, '?');
  if (text.starts_with("//")) {
    uri.has_authority = true;
    text.remove_prefix(2);
    const size_t slash = std::min(text.find('/'), text.size());
    uri.authority = text.substr(0, slash);
    text.remove_prefix(slash);
  }
  uri.path = text;
  return uri;
}

std::string append_to_uri_path(std::string_view uri, std::string_view suffix) {
  const Uri parts = parse_uri(uri);
  // A plain path has no query: '?' and '#' are characters like others there.
  const size_t end = parts.scheme.empty() ? uri.size() : std::min(uri.find_first_of("?#"), uri.size());
  std::string result(uri.substr(0, end));
  if (!result.ends_with('/')) result += '/';
  result += suffix;
  result += uri.substr(end);
  return result;
}

}  // namespace millrace
