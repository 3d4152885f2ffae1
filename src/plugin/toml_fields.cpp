#include "plugin/toml_fields.h"

namespace millrace::plugin {

TomlFields::TomlFields(const TomlValue& table, std::string file, std::string title)
    : table_(table), file_(std::move(file)), title_(std::move(title)) {
  if (table.type == TomlValue::Type::kTable) return;
  fail(table.position, title_ + " must be a table, not " + std::string(toml_type_name(table.type)) + ".");
}

const TomlValue& TomlFields::required_text(const std::string& key) {
  const TomlValue* value = text(key);
  if (value == nullptr) fail_missing(key, "a text");
  if (value->text.empty()) fail(value->position, "'" + key + "' must not be empty.");
  return *value;
}

const TomlValue* TomlFields::text(const std::string& key) {
  return of_type(key, TomlValue::Type::kText, "a text in quotes");
}

const TomlValue* TomlFields::boolean(const std::string& key) {
  return of_type(key, TomlValue::Type::kBoolean, "true or false");
}

const TomlValue* TomlFields::texts(const std::string& key) {
  const std::string expected = "a list of texts, like [\"a\", \"b\"]";
  const TomlValue* value = of_type(key, TomlValue::Type::kList, expected);
  if (value == nullptr) return nullptr;
  for (const TomlValue& element : value->list) {
    if (element.type != TomlValue::Type::kText) {
      std::string message = "'";
      message.append(key).append("' must be ").append(expected).append("; this element is ");
      fail(element.position, message.append(toml_type_name(element.type)).append("."));
    }
    if (element.text.empty()) fail(element.position, "'" + key + "' has an empty element.");
  }
  return value;
}

const TomlValue* TomlFields::integer(const std::string& key, int64_t lowest, int64_t highest) {
  const std::string expected =
      "a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest);
  const TomlValue* value = of_type(key, TomlValue::Type::kInteger, expected);
  if (value == nullptr || (value->integer >= lowest && value->integer <= highest)) return value;
  fail(value->position,
       "'" + key + "' must be " + expected + ", not " + std::to_string(value->integer) + ".");
}

const TomlValue* TomlFields::any(const std::string& key) {
  known_.insert(key);
  return table_.find(key);
}

const TomlValue* TomlFields::of_type(const std::string& key, TomlValue::Type type,
                                     const std::string& expected) {
  const TomlValue* value = any(key);
  if (value == nullptr || value->type == type) return value;
  fail(value->position,
       "'" + key + "' must be " + expected + ", not " + std::string(toml_type_name(value->type)) + ".");
}

void TomlFields::refuse_others() const {
  for (const TomlEntry& entry : table_.table) {
    if (known_.contains(entry.key)) continue;
    std::string names;
    for (const std::string& name : known_) names.append(names.empty() ? "" : ", ").append(name);
    fail(entry.position, title_ + " has no key '" + entry.key + "'. It has: " + names + ".");
  }
}

void TomlFields::fail(TomlPosition position, const std::string& message) const {
  throw_at(file_, position, message);
}

void TomlFields::fail_missing(const std::string& key, const std::string& expected) const {
  fail(table_.position, title_ + " lacks '" + key + "', " + expected + ".");
}

}  // namespace millrace::plugin
