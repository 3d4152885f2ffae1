#include "registry/rules/version_links.h"

#include <simdjson.h>

#include "wire/json_writer.h"

namespace millrace::registry {
namespace {

std::string entry(std::string_view name, std::string_view version) {
  std::string json = "{\"name\": ";
  wire::append_json_string(name, json);
  return json + ", \"version\": " + std::string(version) + "}";
}

bool is_entry(const simdjson::dom::element& element, std::string_view name, std::string_view version) {
  std::string_view found_name;
  simdjson::dom::element found_version;
  if (element["name"].get(found_name) != simdjson::SUCCESS ||
      element["version"].get(found_version) != simdjson::SUCCESS)
    return false;
  // Clients write the number as a text.
  std::string_view text;
  const bool is_text = found_version.get(text) == simdjson::SUCCESS;
  return found_name == name && (is_text ? std::string(text) : simdjson::minify(found_version)) == version;
}

}  // namespace

std::string with_version_link(const std::string& links, std::string_view name, std::string_view version) {
  const std::string added = entry(name, version);
  simdjson::dom::parser parser;
  simdjson::dom::array list;
  if (parser.parse(links).get(list) != simdjson::SUCCESS || list.size() == 0) return "[" + added + "]";
  for (const simdjson::dom::element element : list) {
    if (is_entry(element, name, version)) return links;
  }
  return links.substr(0, links.rfind(']')) + ", " + added + "]";
}

}  // namespace millrace::registry
