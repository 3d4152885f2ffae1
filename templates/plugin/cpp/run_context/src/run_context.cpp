#include "run_context.h"

#include <unistd.h>

#include <cctype>

namespace sample_plugin {
namespace {

using namespace millrace;

constexpr std::string_view kVariables = "CI_";
// Bytes that the key and the value of a tag may have.
constexpr size_t kLongestKey = 250;
constexpr size_t kLongestValue = 8000;

// The beginning of a text, not cut within a character.
std::string cut(const std::string& text, size_t limit) {
  if (text.size() <= limit) return text;
  size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

SamplePlugin::SamplePlugin(const PluginOptions& options) : prefix_(options.text("prefix", "ci.")) {}

v1::plugin::RunContextTags SamplePlugin::get_tags(const CallContext&,
                                                  const v1::plugin::RunContextQuery& request) {
  std::map<std::string, std::string> tags{{"host", host_name()}};
  for (const auto& [name, value] : request.environment()) {
    if (!name.starts_with(kVariables)) continue;
    tags[cut(prefix_ + lower(name.substr(kVariables.size())), kLongestKey)] = cut(value, kLongestValue);
  }
  v1::plugin::RunContextTags answer;
  answer.set_applies(true);
  for (const auto& [key, value] : tags) {
    v1::RunTag& tag = *answer.add_tags();
    tag.set_key(key);
    tag.set_value(value);
  }
  return answer;
}

}  // namespace sample_plugin
