#pragma once

#include <string>
#include <vector>

#include "millrace/v1/plugin/registry_store.gen.h"

namespace millrace::registry {

/// The newest version of each of the stages, of all when none is named; aliases included. Stages in any
/// letter case. Throws INVALID_PARAMETER_VALUE for stages that there are not, and what the store throws for
/// unknown models.
std::vector<v1::ModelVersion> latest_versions(RegistryStore& store, const CallContext& context,
                                              const std::string& name,
                                              const std::vector<std::string>& stages);

/// The version with the greatest number in a stage, or in all when `stage` is empty. Throws
/// RESOURCE_DOES_NOT_EXIST when there is none.
v1::ModelVersion latest_version(RegistryStore& store, const CallContext& context, const std::string& name,
                                const std::string& stage);

}  // namespace millrace::registry
