#include "cli/plugin_test_target.h"

#include "base/error.h"
#include "plugin/catalog.h"
#include "plugin/scheme.h"
#include "server/built_ins.h"

namespace millrace::cli {
namespace {

namespace fs = std::filesystem;

const plugin::CatalogEntry& usable(const plugin::Catalog& catalog, const std::string& id) {
  const plugin::CatalogEntry* entry = catalog.find(id);
  if (entry == nullptr) {
    throw_not_found("There is no plugin '" + id + "', and no folder '" + id +
                    "' with a plugin.toml. See `millrace plugin list`; --path adds a folder of plugins.");
  }
  if (entry->standing == plugin::Standing::kUsable) return *entry;
  throw Error(ErrorCode::kInvalidState, "The plugin '" + id + "' in " + entry->summary.folder.string() +
                                            " cannot be used: " + entry->reason);
}

}  // namespace

plugin::Manifest find_plugin_to_test(const std::string& target, const plugin::Policy& policy,
                                     const plugin::Environment& environment) {
  std::error_code ignored;
  if (fs::is_regular_file(fs::path(target) / plugin::kManifestName, ignored))
    return plugin::read_manifest(fs::absolute(target).lexically_normal());
  if (target.find('/') != std::string::npos)
    throw_not_found("There is no plugin.toml in the folder '" + target + "'.");
  const plugin::Catalog catalog = plugin::load_catalog(server::built_in_names(), policy, environment);
  return plugin::read_manifest(usable(catalog, target).summary.folder);
}

void choose(const std::string& only, conformance::PluginTest& test) {
  if (only.empty()) return;
  const size_t colon = only.find(':');
  test.kind = plugin::parse_kind(only.substr(0, colon));
  if (!test.kind) {
    throw_invalid_parameter("'" + only.substr(0, colon) +
                            "' is no kind of plugin. Kinds are: " + plugin::all_kind_names() + ".");
  }
  if (colon == std::string::npos) return;
  test.name = only.substr(colon + 1);
  if (plugin::chosen_by_scheme(*test.kind)) test.name = plugin::to_lower(test.name);
}

plugin::Settings parse_settings(const std::vector<std::string>& texts) {
  plugin::Settings settings;
  for (const std::string& text : texts) {
    const size_t sign = text.find('=');
    if (sign == std::string::npos || sign == 0)
      throw_invalid_parameter("--set needs KEY=VALUE, not '" + text.substr(0, sign) + "'.");
    settings[text.substr(0, sign)] = Secret(std::string_view(text).substr(sign + 1));
  }
  return settings;
}

}  // namespace millrace::cli
