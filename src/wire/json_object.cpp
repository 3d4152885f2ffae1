#include "wire/json_object.h"

#include "wire/json_text.h"

namespace millrace::wire {
namespace {

std::string quoted(std::string_view text) {
  std::string json;
  wire::append_json_string(text, json);
  return json;
}

}  // namespace

JsonObject& JsonObject::text(std::string_view name, std::string_view value) {
  return json(name, quoted(value));
}

JsonObject& JsonObject::texts(std::string_view name, const std::vector<std::string>& values) {
  std::vector<std::string> elements;
  for (const std::string& value : values) elements.push_back(quoted(value));
  return json(name, json_list(elements));
}

JsonObject& JsonObject::truth(std::string_view name, bool value) {
  return json(name, value ? "true" : "false");
}

JsonObject& JsonObject::number(std::string_view name, int64_t value) {
  return json(name, std::to_string(value));
}

JsonObject& JsonObject::json(std::string_view name, std::string_view value) {
  if (!members_.empty()) members_ += ", ";
  members_ += quoted(name);
  members_ += ": ";
  members_ += value;
  return *this;
}

std::string json_list(const std::vector<std::string>& values) {
  std::string list = "[";
  for (const std::string& value : values) {
    if (list.size() > 1) list += ", ";
    list += value;
  }
  return list + "]";
}

}  // namespace millrace::wire
