#pragma once

#include <functional>
#include <vector>

#include "cli/plugin_trial.h"

namespace millrace::cli {

/// try_plugin() in a process of its own, so that a plugin that crashes or hangs there costs one finding.
/// Returns all findings. To be called while this process has one thread. What a plugin and its host log goes
/// to standard error. Throws RESOURCE_EXHAUSTED when no process can be made.
std::vector<DoctorFinding> try_plugin_apart(const PluginTrial& trial);

}  // namespace millrace::cli
