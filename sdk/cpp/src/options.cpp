#include <charconv>

#include "millrace/registration.h"

namespace millrace {
namespace {

template <typename Number>
Number parse_number(const std::string& key, const std::string& text, const char* type) {
  Number number{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || text.empty())
    throw_invalid_parameter("The setting '" + key + "' of the plugin must be " + type + ".");
  return number;
}

}  // namespace

PluginOptions::PluginOptions(std::string name, std::string uri, std::map<std::string, std::string> settings,
                             std::shared_ptr<PluginLog> log)
    : name_(std::move(name)), uri_(std::move(uri)), settings_(std::move(settings)), log_(std::move(log)) {}

std::string PluginOptions::text(const std::string& key) const {
  const auto found = settings_.find(key);
  if (found == settings_.end()) throw_invalid_parameter("The plugin needs the setting '" + key + "'.");
  return found->second;
}

std::string PluginOptions::text(const std::string& key, const std::string& otherwise) const {
  const auto found = settings_.find(key);
  return found == settings_.end() ? otherwise : found->second;
}

int64_t PluginOptions::integer(const std::string& key) const {
  return parse_number<int64_t>(key, text(key), "an integer");
}

double PluginOptions::number(const std::string& key) const {
  return parse_number<double>(key, text(key), "a number");
}

bool PluginOptions::boolean(const std::string& key) const {
  const std::string value = text(key);
  if (value != "true" && value != "false")
    throw_invalid_parameter("The setting '" + key + "' of the plugin must be true or false.");
  return value == "true";
}

Secret PluginOptions::secret(const std::string& key) const {
  return Secret(text(key));
}

}  // namespace millrace
