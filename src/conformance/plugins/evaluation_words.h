#pragma once

#include <map>
#include <string>

#include "conformance/plugins/common.h"
#include "conformance/plugins/scratch_folder.h"
#include "millrace/v1/plugin/model_evaluator.gen.h"

namespace millrace::conformance {

/// A task for an evaluator, with its data in a folder that is there as long as this is: predictions for
/// twelve rows in a CSV file, or what the samples of the subject name instead.
class EvaluationCase {
 public:
  /// `wrong`: how many of the twelve predictions are wrong, where the data are the kit's own.
  explicit EvaluationCase(SubjectControls& subject, int wrong = 3);

  v1::plugin::EvaluationTask& task() { return task_; }
  const ScratchFolder& folder() const { return folder_; }

  /// Takes the first type of model that the evaluator can judge on these data. Throws NotApplicable with its
  /// reason when there is none.
  void choose_type_for(ModelEvaluator& evaluator);

  /// Whether predictions are judged that are there already, rather than a model.
  bool judges_predictions() const { return task_.model_directory().empty(); }

 private:
  ScratchFolder folder_;
  v1::plugin::EvaluationTask task_;
  std::vector<std::string> types_;
};

using Metrics = std::map<std::string, double>;
Metrics metrics_of(const v1::plugin::EvaluationResult& result);

/// Whether it is the same number, or undefined in both.
bool same_value(double a, double b);

}  // namespace millrace::conformance
