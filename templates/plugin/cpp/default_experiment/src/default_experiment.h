#pragma once

#include "millrace/registration.h"
#include "millrace/v1/plugin/default_experiment.gen.h"

namespace sample_plugin {

/// Names the experiment after the repository that a run is made in. Constant once made; any thread.
class SamplePlugin : public millrace::DefaultExperiment {
 public:
  /// Throws INVALID_PARAMETER_VALUE for a prefix that leaves no room for a name.
  explicit SamplePlugin(const millrace::PluginOptions& options);

  /// Does not apply outside of a repository.
  millrace::v1::plugin::DefaultExperimentChoice get_default_experiment(
      const millrace::CallContext& context, const millrace::v1::plugin::RunContextQuery& request) override;

 private:
  std::string prefix_;
};

}  // namespace sample_plugin
