#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "cli/plugin_diagnosis.h"
#include "plugin/host/opening.h"
#include "plugin/manifest.h"

namespace millrace::cli {

/// What is tried with a plugin that runs: its start, what it says of itself, and each opening with the check
/// that the plugin has for it.
struct PluginTrial {
  plugin::Manifest manifest;
  bool in_process = false;  ///< the operator allows its library into the server
  std::vector<plugin::Opening> openings;
  std::chrono::seconds limit{15};  ///< for each step
};

/// Told what is tried next (an empty subject: nothing), and what came of it. A step of which nothing came
/// ended, or hung, the process.
class TrialRecord {
 public:
  virtual ~TrialRecord() = default;
  virtual void begins(const std::string& subject) = 0;
  virtual void found(DoctorFinding finding) = 0;
};

/// Runs the plugin. In a process of its own each step ends in time; a library may crash or hang this process,
/// so call this where that does no harm. Throws nothing but what is wrong with the machine.
void try_plugin(const PluginTrial& trial, TrialRecord& record);

}  // namespace millrace::cli
