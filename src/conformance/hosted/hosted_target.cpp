#include "conformance/hosted/hosted_target.h"

#include "plugin/scheme.h"

namespace millrace::conformance {
namespace {

void replace_all(std::string& text, std::string_view old, const std::string& fresh) {
  for (size_t at = text.find(old); at != std::string::npos; at = text.find(old, at + fresh.size()))
    text.replace(at, old.size(), fresh);
}

}  // namespace

std::string test_uri(const std::string& uri, const std::string& scheme) {
  if (uri.empty()) return scheme + ":{folder}";
  const std::string written = plugin::scheme_of(uri);
  if (written == scheme || plugin::driver_part(written) == scheme) return uri;
  return scheme + uri.substr(uri.find(':'));
}

std::string HostedTarget::filled(std::string text, const std::filesystem::path& folder) const {
  replace_all(text, "{folder}", folder.string());
  replace_all(text, "{plugin}", plugin->manifest().folder.string());
  return text;
}

plugin::Opening HostedTarget::opening(const std::filesystem::path& folder) const {
  plugin::Settings given;
  for (const auto& [key, value] : settings)
    given.emplace(key, Secret(filled(std::string(value.reveal()), folder)));
  const auto configuration = plugin::resolve_configuration(plugin->manifest(), given, environment);
  plugin::Opening opening{kind, name, "", configuration.reveal_all()};
  if (plugin::chosen_by_scheme(kind)) opening.uri = filled(test_uri(test.uri, name), folder);
  return opening;
}

}  // namespace millrace::conformance
