#include "plugin/configuration.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "plugin/manifest_names.h"

namespace millrace::plugin {
namespace {

// A value as text, and where it was written, for messages.
struct Given {
  Secret text;
  std::string place;
};

std::string place_in_file(const Manifest& manifest, const std::string& name) {
  return "'" + name + "' below [plugins.settings." + manifest.id + "] in the configuration file";
}

std::string how_to_set(const Manifest& manifest, const ConfigurationField& field) {
  std::string text = "Set " + place_in_file(manifest, field.name);
  if (!field.environment.empty()) text += ", or the environment variable " + field.environment;
  return text + ".";
}

std::optional<Given> find_value(const Manifest& manifest, const ConfigurationField& field,
                                const Settings& settings, const Environment& environment) {
  if (const auto set = settings.find(field.name); set != settings.end()) {
    return Given{set->second, place_in_file(manifest, field.name)};
  }
  if (!field.environment.empty()) {
    auto variable = environment(field.environment);
    if (variable && !variable->empty()) {
      return Given{Secret(std::move(*variable)), "the environment variable " + field.environment};
    }
  }
  if (field.default_value) return Given{Secret(std::string_view(*field.default_value)), "the default"};
  return std::nullopt;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

template <class Value>
std::optional<SettingValue> as_setting(const std::optional<Value>& value) {
  return value ? std::optional<SettingValue>(*value) : std::nullopt;
}

std::optional<SettingValue> parse_value(ValueType type, std::string_view text) {
  switch (type) {
    case ValueType::kString:
      return SettingValue(std::string(text));
    case ValueType::kInteger:
      return as_setting(parse_number<int64_t>(text));
    case ValueType::kNumber:
      return as_setting(parse_number<double>(text));
    case ValueType::kBoolean:
      if (text == "true" || text == "false") return SettingValue(text == "true");
  }
  return std::nullopt;
}

std::string expected_form(ValueType type) {
  switch (type) {
    case ValueType::kString:
      return "a text";
    case ValueType::kInteger:
      return "a whole number";
    case ValueType::kNumber:
      return "a number";
    case ValueType::kBoolean:
      return "true or false";
  }
  return "";
}

std::string type_fault(const ConfigurationField& field, const Given& given) {
  const std::string expected = "must be " + expected_form(field.type);
  if (field.secret) return given.place + " " + expected + ".";
  return given.place + " " + expected + ", not '" + std::string(given.text.reveal()) + "'.";
}

std::string known_names(const Manifest& manifest) {
  std::string names;
  for (const ConfigurationField& field : manifest.configuration) {
    names.append(names.empty() ? "" : ", ").append(field.name);
  }
  return names.empty() ? "It has no settings." : "It has: " + names + ".";
}

bool knows(const Manifest& manifest, const std::string& name) {
  return std::any_of(manifest.configuration.begin(), manifest.configuration.end(),
                     [&](const ConfigurationField& field) { return field.name == name; });
}

// Collects values and faults side by side, so that both functions below see the same.
class Resolution {
 public:
  Resolution(const Manifest& manifest, const Settings& settings, const Environment& environment)
      : manifest_(manifest), settings_(settings), environment_(environment) {
    for (const ConfigurationField& field : manifest.configuration) resolve(field);
    for (const auto& [name, value] : settings) refuse_unknown(name);
  }

  std::map<std::string, SettingValue> values;
  std::vector<ConfigurationFault> faults;

 private:
  void resolve(const ConfigurationField& field) {
    const auto given = find_value(manifest_, field, settings_, environment_);
    if (!given) {
      if (field.required)
        fault(field.name, "'" + field.name + "' is not set. " + how_to_set(manifest_, field));
      return;
    }
    auto value = parse_value(field.type, given->text.reveal());
    if (!value) return fault(field.name, type_fault(field, *given));
    if (field.secret) value = given->text;
    values.emplace(field.name, std::move(*value));
  }

  void refuse_unknown(const std::string& name) {
    if (knows(manifest_, name)) return;
    fault(name, "There is no setting '" + name + "', which is set as " + place_in_file(manifest_, name) +
                    ". " + known_names(manifest_));
  }

  void fault(const std::string& name, const std::string& message) {
    faults.push_back({name, "Plugin '" + manifest_.id + "': " + message});
  }

  const Manifest& manifest_;
  const Settings& settings_;
  const Environment& environment_;
};

struct AsText {
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(int64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const { return number_text(number); }
  std::string operator()(bool truth) const { return truth ? "true" : "false"; }
  std::string operator()(const Secret& secret) const { return std::string(secret.reveal()); }
};

}  // namespace

std::map<std::string, std::string> Configuration::reveal_all() const {
  std::map<std::string, std::string> texts;
  for (const auto& [name, value] : values_) texts.emplace(name, std::visit(AsText{}, value));
  return texts;
}

std::vector<ConfigurationFault> find_configuration_faults(const Manifest& manifest, const Settings& settings,
                                                          const Environment& environment) {
  return Resolution(manifest, settings, environment).faults;
}

std::map<std::string, std::string> find_setting_places(const Manifest& manifest, const Settings& settings,
                                                       const Environment& environment) {
  std::map<std::string, std::string> places;
  for (const ConfigurationField& field : manifest.configuration) {
    const auto given = find_value(manifest, field, settings, environment);
    if (given) places.emplace(field.name, given->place);
  }
  return places;
}

Configuration resolve_configuration(const Manifest& manifest, const Settings& settings,
                                    const Environment& environment) {
  Resolution resolution(manifest, settings, environment);
  if (resolution.faults.empty()) return Configuration(std::move(resolution.values));
  std::string messages;
  for (const ConfigurationFault& fault : resolution.faults) {
    messages.append(messages.empty() ? "" : " ").append(fault.message);
  }
  throw_invalid_parameter(messages);
}

}  // namespace millrace::plugin
