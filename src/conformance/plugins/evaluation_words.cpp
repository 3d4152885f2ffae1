#include "conformance/plugins/evaluation_words.h"

#include <cmath>

namespace millrace::conformance {
namespace {

const CallContext kContext;
constexpr int kRows = 12;

// Numbers that are classes as well, so that classifiers and regressors can be judged by them.
std::string table(int wrong) {
  std::string text = "feature,target,prediction\n";
  for (int row = 0; row < kRows; ++row) {
    const int target = row % 3 == 0 ? 1 : 0;
    const int prediction = row < wrong ? 1 - target : target;
    text += std::to_string(row) + ".5," + std::to_string(target) + "," + std::to_string(prediction) + "\n";
  }
  return text;
}

}  // namespace

EvaluationCase::EvaluationCase(SubjectControls& subject, int wrong) {
  const std::string data = sample_or(subject, "data", "");
  const std::string type = sample_or(subject, "model_type", "");
  types_ = type.empty() ? std::vector<std::string>{"classifier", "regressor"} : std::vector{type};
  task_.set_model_type(types_.front());
  task_.set_model_directory(sample_or(subject, "model", ""));
  task_.set_data_file(data.empty() ? folder_.add_file("data.csv", table(wrong)) : data);
  task_.set_targets_column(sample_or(subject, "targets", data.empty() ? "target" : ""));
  if (judges_predictions()) task_.set_predictions_column(sample_or(subject, "predictions", "prediction"));
  task_.set_evaluator_configuration(sample_or(subject, "configuration", ""));
  task_.set_artifact_directory(folder_.add_folder("artifacts"));
  task_.set_run_id("0123456789abcdef0123456789abcdef");
}

void EvaluationCase::choose_type_for(ModelEvaluator& evaluator) {
  std::string reasons;
  for (const std::string& type : types_) {
    task_.set_model_type(type);
    const auto ability = evaluator.can_evaluate(kContext, task_);
    if (ability.able()) return;
    reasons.append(reasons.empty() ? "" : "; ").append(type).append(": ").append(ability.reason());
  }
  throw NotApplicable("it can judge none of these, so that samples have to be given: " + reasons);
}

Metrics metrics_of(const v1::plugin::EvaluationResult& result) {
  Metrics metrics;
  for (const auto& metric : result.metrics()) metrics[metric.name()] = metric.value();
  return metrics;
}

bool same_value(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

}  // namespace millrace::conformance
