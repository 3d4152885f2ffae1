#include "registry/rules/model_uri.h"

#include <algorithm>

#include "base/uri.h"
#include "registry/rules/names.h"

namespace millrace::registry {
namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

ModelUri with_suffix(std::string_view name, std::string_view suffix) {
  ModelUri uri;
  uri.name = name;
  if (is_number(suffix)) {
    uri.version = suffix;
  } else if (!is_latest(suffix)) {
    uri.stage = suffix;
  }
  return uri;
}

std::optional<ModelUri> without_suffix(std::string_view text) {
  ModelUri uri;
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos) {
    uri.model_id = text;
    return uri;
  }
  if (is_blank(text.substr(at + 1))) return std::nullopt;
  uri.name = text.substr(0, at);
  uri.alias = text.substr(at + 1);
  return uri;
}

}  // namespace

std::optional<ModelUri> parse_model_uri(std::string_view text) {
  const Uri uri = parse_uri(text);
  if (lower_case(uri.scheme) != "models" || !uri.path.starts_with('/')) return std::nullopt;
  std::string_view path = uri.path;
  while (path.starts_with('/')) path.remove_prefix(1);
  const size_t slash = path.find('/');
  const std::string_view name = path.substr(0, slash);
  if (is_blank(name)) return std::nullopt;
  if (slash == std::string_view::npos) return without_suffix(path);
  const std::string_view suffix = path.substr(slash + 1);
  if (is_blank(suffix) || suffix.find('/') != std::string_view::npos) return std::nullopt;
  return with_suffix(name, suffix);
}

std::string run_of_uri(std::string_view text) {
  const Uri uri = parse_uri(text);
  if (lower_case(uri.scheme) != "runs" || !uri.path.starts_with('/')) return "";
  const std::string_view path = uri.path.substr(1);
  return std::string(path.substr(0, path.find('/')));
}

}  // namespace millrace::registry
