#include "model_evaluator.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "csv.h"

namespace sample_plugin {
namespace {

using namespace millrace;

constexpr size_t kLongestPrefix = 200;  // bytes; with a name behind it it is still the name of a metric

std::string why_not(const v1::plugin::EvaluationTask& task) {
  std::string extension = std::filesystem::path(task.data_file()).extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (extension != ".csv") return "It reads CSV files only.";
  if (task.targets_column().empty() || task.predictions_column().empty())
    return "It needs a column of targets and a column of predictions.";
  return "";
}

size_t column(const std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw_invalid_parameter("The file has no column '" + name + "'.");
  return static_cast<size_t>(found - names.begin());
}

std::string field(const std::vector<std::string>& row, size_t column) {
  return column < row.size() ? row[column] : "";
}

double number(const std::string& text) {
  double value = std::numeric_limits<double>::quiet_NaN();
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = fault == std::errc() && end == text.data() + text.size();
  return whole ? value : std::numeric_limits<double>::quiet_NaN();
}

// What is counted over all rows.
struct Tally {
  double rows = 0;
  double equal = 0;
  double distance = 0;

  void add(const std::string& target, const std::string& prediction) {
    ++rows;
    equal += target == prediction ? 1 : 0;
    distance += std::abs(number(target) - number(prediction));
  }
};

Tally tally(const v1::plugin::EvaluationTask& task) {
  std::ifstream file(task.data_file(), std::ios::binary);
  if (!file) throw_not_found("There is no file '" + task.data_file() + "' that can be read.");
  CsvReader csv(file);
  const auto names = csv.next().value_or(std::vector<std::string>());
  const size_t targets = column(names, task.targets_column());
  const size_t predictions = column(names, task.predictions_column());
  Tally tally;
  while (const auto row = csv.next()) tally.add(field(*row, targets), field(*row, predictions));
  if (tally.rows == 0) throw_invalid_parameter("The file has no rows.");
  return tally;
}

}  // namespace

SamplePlugin::SamplePlugin(const PluginOptions& options) : prefix_(options.text("prefix", "")) {
  if (prefix_.size() > kLongestPrefix)
    throw_invalid_parameter("The setting 'prefix' is longer than 200 bytes.");
}

v1::plugin::EvaluationAbility SamplePlugin::can_evaluate(const CallContext&,
                                                         const v1::plugin::EvaluationTask& request) {
  v1::plugin::EvaluationAbility ability;
  ability.set_reason(why_not(request));
  ability.set_able(ability.reason().empty());
  return ability;
}

v1::plugin::EvaluationResult SamplePlugin::evaluate(const CallContext&,
                                                    const v1::plugin::EvaluationTask& request) {
  const std::string reason = why_not(request);
  if (!reason.empty()) throw_invalid_parameter(reason);
  const Tally counted = tally(request);
  v1::plugin::EvaluationResult result;
  for (const auto& [name, value] :
       {std::pair("rows", counted.rows), std::pair("accuracy", counted.equal / counted.rows),
        std::pair("mean_absolute_error", counted.distance / counted.rows)}) {
    auto& metric = *result.add_metrics();
    metric.set_name(prefix_ + name);
    metric.set_value(value);
  }
  return result;
}

}  // namespace sample_plugin
