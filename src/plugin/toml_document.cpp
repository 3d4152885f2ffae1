#include "plugin/toml_document.h"

#include <toml++/toml.h>

#include "base/error.h"

namespace millrace::plugin {
namespace {

TomlPosition position_of(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

TomlValue value_of(const toml::node& node);

std::vector<TomlEntry> entries_of(const toml::table& table) {
  std::vector<TomlEntry> entries;
  entries.reserve(table.size());
  for (const auto& [key, node] : table) {
    entries.push_back({std::string(key.str()), position_of(key.source()), value_of(node)});
  }
  return entries;
}

std::vector<TomlValue> elements_of(const toml::array& array) {
  std::vector<TomlValue> elements;
  elements.reserve(array.size());
  for (const auto& node : array) elements.push_back(value_of(node));
  return elements;
}

// Leaves the type a date, as which nothing of ours is written, for the types that are not named here.
void read_scalar(const toml::node& node, TomlValue& value) {
  if (const auto* text = node.as_string()) {
    value.type = TomlValue::Type::kText;
    value.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    value.type = TomlValue::Type::kInteger;
    value.integer = integer->get();
  } else if (const auto* real = node.as_floating_point()) {
    value.type = TomlValue::Type::kReal;
    value.real = real->get();
  } else if (const auto* boolean = node.as_boolean()) {
    value.type = TomlValue::Type::kBoolean;
    value.boolean = boolean->get();
  }
}

TomlValue value_of(const toml::node& node) {
  TomlValue value;
  value.position = position_of(node.source());
  if (const auto* table = node.as_table()) {
    value.type = TomlValue::Type::kTable;
    value.table = entries_of(*table);
  } else if (const auto* array = node.as_array()) {
    value.type = TomlValue::Type::kList;
    value.list = elements_of(*array);
  } else {
    value.type = TomlValue::Type::kDate;
    read_scalar(node, value);
  }
  return value;
}

}  // namespace

const TomlValue* TomlValue::find(std::string_view key) const {
  for (const TomlEntry& entry : table) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

std::string_view toml_type_name(TomlValue::Type type) {
  switch (type) {
    case TomlValue::Type::kText:
      return "a text";
    case TomlValue::Type::kInteger:
      return "a whole number";
    case TomlValue::Type::kReal:
      return "a number";
    case TomlValue::Type::kBoolean:
      return "true or false";
    case TomlValue::Type::kDate:
      return "a date or time";
    case TomlValue::Type::kList:
      return "a list";
    case TomlValue::Type::kTable:
      return "a table";
  }
  return "a value";
}

TomlValue parse_toml(std::string_view text, const std::string& file) {
  try {
    return value_of(toml::parse(text));
  } catch (const toml::parse_error& fault) {
    throw_at(file, position_of(fault.source()), std::string(fault.description()));
  }
}

// A manifest is written by a stranger and its faults are shown on a terminal: no control characters get
// there.
void throw_at(const std::string& file, TomlPosition position, const std::string& message) {
  std::string text = file + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
  text.append(": ").append(message);
  for (char& c : text) c = static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  throw_invalid_parameter(text);
}

}  // namespace millrace::plugin
