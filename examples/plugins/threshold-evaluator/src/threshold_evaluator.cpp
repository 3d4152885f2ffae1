// Judges predictions in a CSV file: metrics of classifiers and regressors, and whether they keep to
// thresholds.

#include <charconv>
#include <cmath>
#include <fstream>

#include "csv.h"
#include "millrace/plugin.h"
#include "scores.h"
#include "thresholds.h"

namespace {

using namespace millrace;
using v1::plugin::EvaluationAbility;
using v1::plugin::EvaluationResult;
using v1::plugin::EvaluationTask;

constexpr int64_t kRowsBetweenLooks = 10'000;
constexpr const char* kReport = "thresholds.json";

struct Columns {
  size_t target = 0;
  size_t prediction = 0;
};

Columns columns_of(const CsvReader& data, const EvaluationTask& task) {
  const auto index = [&](const std::string& name, const char* what) {
    if (name.empty()) throw_invalid_parameter(std::string("No column is named for the ") + what + ".");
    const auto found = data.find(name);
    if (!found) throw_invalid_parameter("The data file has no column '" + name + "' for the " + what + ".");
    return *found;
  };
  return {index(task.targets_column(), "targets"), index(task.predictions_column(), "predictions")};
}

void require_kind_of_task(const EvaluationTask& task) {
  if (task.model_type() != "classifier" && task.model_type() != "regressor")
    throw_invalid_parameter("Only classifiers and regressors are judged, by the model type of those names.");
  if (!task.model_directory().empty())
    throw_invalid_parameter("Predictions are judged and no models: name a column of predictions.");
  if (!task.data_file().ends_with(".csv")) throw_invalid_parameter("Only CSV files are read.");
}

double number_in(const std::string& field, const CsvReader& data, const std::string& column) {
  const size_t first = std::min(field.find_first_not_of(" +"), field.size());
  double number = 0;
  const auto [end, fault] = std::from_chars(field.data() + first, field.data() + field.size(), number);
  if (fault != std::errc() || end != field.data() + field.find_last_not_of(' ') + 1)
    data.fail("what stands in '" + column + "' is no number");
  return number;
}

// Calls `take` with the fields of each row, and looks at times whether anybody still waits.
template <typename Take>
void for_each_row(CsvReader& data, const CallContext& context, Take take) {
  std::vector<std::string> fields;
  int64_t rows = 0;
  for (; data.next(fields); ++rows) {
    if (rows % kRowsBetweenLooks == 0 && CallContext::Clock::now() > context.deadline)
      throw Error(ErrorCode::kDeadlineExceeded, "Stopped at line " + std::to_string(data.line()) + ".");
    take(fields);
  }
  if (rows == 0) data.fail("there are no rows");
}

Metrics metrics_of(const EvaluationTask& task, const CallContext& context) {
  CsvReader data(task.data_file());
  const Columns at = columns_of(data, task);
  if (task.model_type() == "classifier") {
    ClassifierScores scores;
    for_each_row(data, context, [&](const auto& row) { scores.add(row[at.target], row[at.prediction]); });
    return scores.metrics();
  }
  RegressorScores scores;
  for_each_row(data, context, [&](const auto& row) {
    scores.add(number_in(row[at.target], data, task.targets_column()),
               number_in(row[at.prediction], data, task.predictions_column()));
  });
  return scores.metrics();
}

void add_metric(EvaluationResult& result, const std::string& name, double value) {
  auto& metric = *result.add_metrics();
  metric.set_name(name);
  metric.set_value(value);
}

void keep_report(const std::string& folder, const std::string& report, EvaluationResult& result) {
  std::ofstream file(folder + "/" + kReport, std::ios::binary);
  file << report;
  file.close();
  if (!file)
    throw Error(ErrorCode::kInternalError, std::string("The artifact ") + kReport + " cannot be written.");
  auto& artifact = *result.add_artifacts();
  artifact.set_path(kReport);
  artifact.set_description("each metric with a threshold: its value, its bounds, whether it keeps to them");
}

class ThresholdEvaluator : public ModelEvaluator {
 public:
  EvaluationAbility can_evaluate(const CallContext&, const EvaluationTask& task) override {
    EvaluationAbility ability;
    try {
      require_kind_of_task(task);
      columns_of(CsvReader(task.data_file()), task);
      ability.set_able(true);
    } catch (const Error& error) {
      ability.set_reason(error.what());
    }
    return ability;
  }

  EvaluationResult evaluate(const CallContext& context, const EvaluationTask& task) override {
    require_kind_of_task(task);
    const Thresholds thresholds = parse_thresholds(task.evaluator_configuration());
    const Metrics metrics = metrics_of(task, context);
    EvaluationResult result;
    for (const auto& [name, value] : metrics) add_metric(result, name, value);
    if (thresholds.empty()) return result;
    const Verdict verdict = judge(metrics, thresholds);
    add_metric(result, "thresholds_kept", verdict.kept ? 1 : 0);
    if (!task.artifact_directory().empty()) keep_report(task.artifact_directory(), verdict.report, result);
    return result;
  }
};

}  // namespace

MILLRACE_PLUGIN(plugin) {
  plugin.provide<ModelEvaluator>("threshold",
                                 [](const PluginOptions&) { return std::make_shared<ThresholdEvaluator>(); });
}
