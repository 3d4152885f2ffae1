#pragma once

#include <vector>

#include "conformance/registry_store/registry_words.h"

namespace millrace::conformance {

/// The parts of the kit for registry stores, each in the source of its name.
std::vector<RegistryStoreCheck> registered_model_checks();
std::vector<RegistryStoreCheck> model_version_checks();
std::vector<RegistryStoreCheck> registry_search_checks();
std::vector<RegistryStoreCheck> registry_capability_checks();
std::vector<RegistryStoreCheck> webhook_checks();
std::vector<RegistryStoreCheck> registry_refusal_checks();
std::vector<RegistryStoreCheck> registry_concurrency_checks();
std::vector<RegistryStoreCheck> registry_endurance_checks();
std::vector<RegistryStoreCheck> registry_crash_checks();

}  // namespace millrace::conformance
