#include "tracking/stores/file/yaml_fields.h"

#include <yaml-cpp/yaml.h>

#include <charconv>

#include "base/error.h"
#include "base/percent.h"

namespace millrace::tracking::files {
namespace {

std::map<std::string, std::string> scalars_of(const YAML::Node& mapping) {
  std::map<std::string, std::string> scalars;
  for (const auto& entry : mapping) {
    if (entry.first.IsScalar() && entry.second.IsScalar())
      scalars[entry.first.Scalar()] = entry.second.Scalar();
  }
  return scalars;
}

}  // namespace

YamlFields::YamlFields(const std::string& text, const std::string& path) : path_(path) {
  if (!is_valid_utf8(text)) throw_invalid_parameter(path + " is no UTF-8 text.");
  try {
    const YAML::Node document = YAML::Load(text);
    if (!document.IsMap()) throw_invalid_parameter(path + " is empty or no mapping of fields.");
    scalars_ = scalars_of(document);
    for (const auto& entry : document) {
      if (entry.first.IsScalar() && entry.second.IsMap())
        mappings_[entry.first.Scalar()] = scalars_of(entry.second);
    }
  } catch (const YAML::Exception& fault) {
    throw_invalid_parameter(path + " is no YAML: line " + std::to_string(fault.mark.line + 1) + ": " +
                            fault.msg + ".");
  }
}

std::optional<std::string> YamlFields::text(const std::string& name) const {
  const auto found = scalars_.find(name);
  return found == scalars_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<int64_t> YamlFields::integer(const std::string& name) const {
  const auto value = text(name);
  if (!value) return std::nullopt;
  int64_t number = 0;
  const auto [end, fault] = std::from_chars(value->data(), value->data() + value->size(), number);
  if (fault != std::errc() || end != value->data() + value->size() || value->empty())
    throw_invalid_parameter(path_ + ": '" + name + "' is no whole number.");
  return number;
}

std::string YamlFields::required_text(const std::string& name) const {
  auto value = text(name);
  if (!value || value->empty()) throw_invalid_parameter(path_ + " has no '" + name + "'.");
  return *std::move(value);
}

int64_t YamlFields::required_integer(const std::string& name) const {
  const auto value = integer(name);
  if (!value) throw_invalid_parameter(path_ + " has no '" + name + "'.");
  return *value;
}

std::map<std::string, std::string> YamlFields::mapping(const std::string& name) const {
  const auto found = mappings_.find(name);
  return found == mappings_.end() ? std::map<std::string, std::string>() : found->second;
}

}  // namespace millrace::tracking::files
