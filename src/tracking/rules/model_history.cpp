#include "tracking/rules/model_history.h"

#include <simdjson.h>

#include "base/error.h"
#include "wire/json_writer.h"

namespace millrace::tracking {
namespace {

namespace dom = simdjson::dom;

void check_mandatory(const dom::object& model) {
  std::string missing;
  for (const char* field : {"artifact_path", "flavors", "utc_time_created", "run_id"}) {
    dom::element ignored;
    if (model[field].get(ignored) == simdjson::SUCCESS) continue;
    missing += (missing.empty() ? "'" : ", '") + std::string(field) + "'";
  }
  if (!missing.empty()) throw_invalid_parameter("Model json is missing mandatory fields: {" + missing + "}");
}

void append_member(std::string& out, std::string_view name, const std::string& value) {
  if (out.back() != '{') out += ", ";
  wire::append_json_string(name, out);
  out += ": " + value;
}

std::string flavor_without_config(const dom::element& flavor) {
  if (!flavor.is_object()) return simdjson::minify(flavor);
  std::string out = "{";
  for (const dom::key_value_pair member : flavor.get_object()) {
    if (member.key != "config") append_member(out, member.key, simdjson::minify(member.value));
  }
  return out + "}";
}

std::string flavors_of(const dom::element& flavors) {
  if (!flavors.is_object()) return simdjson::minify(flavors);
  std::string out = "{";
  for (const dom::key_value_pair member : flavors.get_object()) {
    append_member(out, member.key, flavor_without_config(member.value));
  }
  return out + "}";
}

}  // namespace

std::string model_history_entry(const std::string& model_json) {
  dom::parser parser;
  dom::element document;
  if (parser.parse(model_json).get(document) != simdjson::SUCCESS || !document.is_object()) {
    throw_invalid_parameter("Malformed model info. \n " + model_json.substr(0, 1000) +
                            " \n is not a valid JSON.");
  }
  const dom::object model = document.get_object();
  check_mandatory(model);
  std::string out = "{";
  for (const dom::key_value_pair member : model) {
    if (member.key == "run_id" || member.key == "utc_time_created" || member.key == "artifact_path" ||
        member.key == "model_uuid") {
      append_member(out, member.key, simdjson::minify(member.value));
    } else if (member.key == "flavors") {
      append_member(out, member.key, flavors_of(member.value));
    }
  }
  return out + "}";
}

std::string with_model_history_entry(const std::string& history, const std::string& entry) {
  const size_t end = history.rfind(']');
  const size_t last = end == std::string::npos ? end : history.find_last_not_of(" \t\r\n", end - 1);
  if (last == std::string::npos || history[last] == '[') return "[" + entry + "]";
  return history.substr(0, last + 1) + ", " + entry + "]";
}

}  // namespace millrace::tracking
