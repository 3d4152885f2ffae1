#include "registry/rules/stages.h"

#include "base/error.h"
#include "registry/rules/names.h"

namespace millrace::registry {

std::string canonical_stage(std::string_view stage) {
  const std::string wanted = lower_case(stage);
  for (const char* known : {"None", "Staging", "Production", "Archived"}) {
    if (lower_case(known) == wanted) return known;
  }
  throw_invalid_parameter("Invalid Model Version stage: " + std::string(stage) +
                          ". Value must be one of None, Staging, Production, Archived.");
}

void check_makes_room(std::string_view canonical, const std::string& stage) {
  if (canonical == "Staging" || canonical == "Production") return;
  throw_invalid_parameter("Model version transition cannot archive existing model versions because '" +
                          stage + "' is not an Active stage. Valid stages are ['Staging', 'Production']");
}

}  // namespace millrace::registry
