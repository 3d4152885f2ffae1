#pragma once

#include <vector>

#include "conformance/plugins/deployment_words.h"

namespace millrace::conformance {

using DeploymentCheck = Check<DeploymentTarget>;

/// A check that needs a new target and nothing else.
DeploymentCheck on_target(Theme theme, const std::string& name, void (*run)(Deployments&));

std::vector<DeploymentCheck> deployment_prediction_checks();
std::vector<DeploymentCheck> deployment_endpoint_checks();
std::vector<DeploymentCheck> deployment_stress_checks();

}  // namespace millrace::conformance
