#pragma once

#include "millrace/registration.h"
#include "millrace/v1/plugin/model_evaluator.gen.h"

namespace sample_plugin {

/// Compares predictions with what is true, in a CSV file. Constant once made; any thread.
class SamplePlugin : public millrace::ModelEvaluator {
 public:
  /// Throws INVALID_PARAMETER_VALUE for a prefix that leaves no room for a name.
  explicit SamplePlugin(const millrace::PluginOptions& options);

  millrace::v1::plugin::EvaluationAbility can_evaluate(
      const millrace::CallContext& context, const millrace::v1::plugin::EvaluationTask& request) override;
  /// The metrics "rows", "accuracy" and "mean_absolute_error", which is NaN unless all values are numbers.
  millrace::v1::plugin::EvaluationResult evaluate(
      const millrace::CallContext& context, const millrace::v1::plugin::EvaluationTask& request) override;

 private:
  std::string prefix_;
};

}  // namespace sample_plugin
