#include "cli/toml_config.h"

#include <toml++/toml.h>

#include <sstream>

namespace millrace::cli {
namespace {

std::string text_of(const toml::node& node, const std::string& name) {
  if (const auto text = node.value<std::string>(); text && node.is_string()) return *text;
  if (node.is_boolean()) return *node.value<bool>() ? "true" : "false";
  if (node.is_integer()) return std::to_string(*node.value<int64_t>());
  if (const auto real = node.value<double>()) return std::to_string(*real);
  throw CLI::FileError(
      "The value of '" + name + "' in the configuration must be a text, a number or a boolean.",
      CLI::ExitCodes::FileError);
}

void collect(const toml::table& table, const std::vector<std::string>& parents,
             std::vector<CLI::ConfigItem>& items) {
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    // Not flags: what the operator decides about plugins is read by plugin::read_policy().
    if (parents.empty() && name == "plugins") continue;
    if (const auto* inner = node.as_table()) {
      std::vector<std::string> path = parents;
      path.push_back(name);
      collect(*inner, path, items);
      continue;
    }
    CLI::ConfigItem item;
    item.parents = parents;
    item.name = name;
    if (const auto* list = node.as_array()) {
      for (const auto& element : *list) item.inputs.push_back(text_of(element, name));
    } else {
      item.inputs.push_back(text_of(node, name));
    }
    items.push_back(std::move(item));
  }
}

}  // namespace

std::vector<CLI::ConfigItem> TomlConfig::from_config(std::istream& input) const {
  try {
    std::vector<CLI::ConfigItem> found;
    collect(toml::parse(input, std::string_view("the configuration file")), {}, found);
    return found;
  } catch (const toml::parse_error& parse_fault) {
    std::ostringstream message;
    message << parse_fault;
    throw CLI::FileError(message.str(), CLI::ExitCodes::FileError);
  }
}

}  // namespace millrace::cli
