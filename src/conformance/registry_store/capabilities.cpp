#include "conformance/registry_store/checks.h"

namespace millrace::conformance {
namespace {

// Asked for a model that is not there, so that nothing changes whatever the answer.
bool has_stages(const RegistryWords& store) {
  try {
    store.stage("no such model", 1, "Production", false);
  } catch (const Error& error) {
    return error.code() != ErrorCode::kNotImplemented;
  }
  return true;
}

void stages_are_there_as_declared(RegistryStoreSubject& subject, const Effort&) {
  const RegistryWords store(subject.open_new());
  const bool declared = subject.declares("stages");
  require(has_stages(store) == declared,
          declared ? "TransitionModelVersionStage answers NOT_IMPLEMENTED although 'stages' is declared"
                   : "TransitionModelVersionStage does not answer NOT_IMPLEMENTED although 'stages' is not "
                     "declared");
}

}  // namespace

std::vector<RegistryStoreCheck> registry_capability_checks() {
  return {{Theme::kCorrectness, "stages are there if declared, and only then", stages_are_there_as_declared}};
}

}  // namespace millrace::conformance
