#include "registry/latest_versions.h"

#include <algorithm>

#include "base/error.h"
#include "registry/rules/names.h"
#include "registry/rules/stages.h"

namespace millrace::registry {

std::vector<v1::ModelVersion> latest_versions(RegistryStore& store, const CallContext& context,
                                              const std::string& name,
                                              const std::vector<std::string>& stages) {
  v1::plugin::RegisteredModelLookup lookup;
  lookup.set_name(name);
  const v1::RegisteredModel model = store.get_registered_model(context, lookup);
  std::vector<std::string> wanted;
  for (const std::string& stage : stages) wanted.push_back(canonical_stage(stage));
  std::vector<v1::ModelVersion> found;
  for (v1::ModelVersion version : model.latest_versions()) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), version.current_stage()) == wanted.end())
      continue;
    version.clear_aliases();
    for (const auto& alias : model.aliases()) {
      if (alias.version() == version.version()) version.add_aliases(alias.alias());
    }
    found.push_back(std::move(version));
  }
  return found;
}

v1::ModelVersion latest_version(RegistryStore& store, const CallContext& context, const std::string& name,
                                const std::string& stage) {
  const std::vector<std::string> stages = stage.empty() ? std::vector<std::string>() : std::vector{stage};
  const auto found = latest_versions(store, context, name, stages);
  const auto number = [&](const v1::ModelVersion& version) {
    return version_number(name, version.version());
  };
  const auto newest = std::max_element(found.begin(), found.end(),
                                       [&](const auto& a, const auto& b) { return number(a) < number(b); });
  if (newest == found.end()) throw_not_found("Latest version not found for model " + name + ".");
  return *newest;
}

}  // namespace millrace::registry
