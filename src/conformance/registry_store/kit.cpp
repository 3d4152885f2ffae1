#include "conformance/kits.h"
#include "conformance/registry_store/checks.h"
#include "millrace/v1/plugin/registry_store.gen.h"

namespace millrace::conformance {

Kit<RegistryStore> registry_store_kit() {
  Kit<RegistryStore> kit{"registry_store", {}};
  for (auto* part : {registered_model_checks, model_version_checks, registry_search_checks,
                     registry_capability_checks, webhook_checks, registry_refusal_checks,
                     registry_concurrency_checks, registry_endurance_checks, registry_crash_checks}) {
    for (RegistryStoreCheck& check : part()) kit.checks.push_back(std::move(check));
  }
  return kit;
}

}  // namespace millrace::conformance
