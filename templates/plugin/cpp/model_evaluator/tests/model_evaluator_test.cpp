#include "model_evaluator.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "check.h"

using namespace millrace;
using sample_plugin::SamplePlugin;

namespace {

namespace fs = std::filesystem;
using Metrics = std::map<std::string, double>;

v1::plugin::EvaluationTask task(const std::string& folder, const std::string& content) {
  std::ofstream(folder + "/data.csv") << content;
  v1::plugin::EvaluationTask task;
  task.set_data_file(folder + "/data.csv");
  task.set_targets_column("y");
  task.set_predictions_column("p, q");
  return task;
}

Metrics evaluate(const v1::plugin::EvaluationTask& task) {
  SamplePlugin evaluator(options());
  check(evaluator.can_evaluate({}, task).able(), "it can evaluate this");
  Metrics metrics;
  const auto result = evaluator.evaluate({}, task);
  for (const auto& metric : result.metrics()) metrics[metric.name()] = metric.value();
  return metrics;
}

void numbers_are_compared(const std::string& folder) {
  const Metrics metrics = evaluate(task(folder, "y,\"p, q\"\r\n1,1\r\n2,4\r\n"));
  check(metrics == Metrics{{"rows", 2}, {"accuracy", 0.5}, {"mean_absolute_error", 1}}, "metrics of numbers");
}

void words_have_no_distance(const std::string& folder) {
  Metrics metrics = evaluate(task(folder, "y,\"p, q\"\ncat,\"cat\"\ndog,cat\n"));
  check(metrics["accuracy"] == 0.5 && std::isnan(metrics["mean_absolute_error"]), "metrics of words");
}

void what_cannot_be_judged_is_refused(const std::string& folder) {
  for (const char* content : {"", "y,\"p, q\"\n", "y,p\n1,1\n", "y,\"p, q\"\n1,\"1\n"}) {
    check_error(ErrorCode::kInvalidParameterValue, content, [&] { evaluate(task(folder, content)); });
  }
}

void a_missing_file_does_not_exist(const std::string& folder) {
  auto missing = task(folder, "");
  missing.set_data_file(folder + "/none.csv");
  check_error(ErrorCode::kResourceDoesNotExist, "a missing file", [&] { evaluate(missing); });
}

void other_files_are_not_for_it() {
  v1::plugin::EvaluationTask task;
  task.set_data_file("/data.parquet");
  const auto ability = SamplePlugin(options()).can_evaluate({}, task);
  check(!ability.able() && !ability.reason().empty(), "Parquet is not for it, and it says why");
}

}  // namespace

int main() {
  std::string folder = (fs::temp_directory_path() / "sample_plugin-XXXXXX").string();
  check(mkdtemp(folder.data()) != nullptr, "a folder for the test");
  numbers_are_compared(folder);
  words_have_no_distance(folder);
  what_cannot_be_judged_is_refused(folder);
  a_missing_file_does_not_exist(folder);
  other_files_are_not_for_it();
  fs::remove_all(folder);
}
