#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "example.h"
#include "millrace/v1/plugin/model_evaluator.proxy.gen.h"

using namespace millrace;
using namespace millrace::examples;

namespace {

using v1::plugin::EvaluationTask;

// One open plugin with a folder for the data and the artifacts.
class Judged {
 public:
  explicit Judged(Place place)
      : example_("threshold-evaluator", place),
        plugin_(example_.open<plugin::ModelEvaluatorProxy>(plugin::Kind::kModelEvaluator, "threshold")) {
    std::filesystem::create_directory(folder_.path("artifacts"));
  }

  EvaluationTask task(const std::string& type, const std::string& csv,
                      const std::string& configuration = "") const {
    EvaluationTask task;
    task.set_model_type(type);
    task.set_data_file(folder_.put("data.csv", csv));
    task.set_targets_column("y");
    task.set_predictions_column("p");
    task.set_evaluator_configuration(configuration);
    task.set_artifact_directory(folder_.path("artifacts"));
    return task;
  }

  std::map<std::string, double> metrics(const EvaluationTask& task) {
    std::map<std::string, double> metrics;
    const auto result = plugin_->evaluate(kContext, task);
    for (const auto& metric : result.metrics()) metrics[metric.name()] = metric.value();
    return metrics;
  }

  Error refusal(const EvaluationTask& task) {
    const auto ability = plugin_->can_evaluate(kContext, task);
    CHECK(ability.able() == ability.reason().empty());
    return error_of([&] { plugin_->evaluate(kContext, task); });
  }

  std::string report() const {
    std::ifstream file(folder_.path("artifacts/thresholds.json"));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  plugin::ModelEvaluatorProxy& plugin() { return *plugin_; }

 private:
  Folder folder_;
  Example example_;
  std::unique_ptr<plugin::ModelEvaluatorProxy> plugin_;
};

constexpr const char* kClasses = "x,y,p\n1,cat,cat\n2,cat,dog\n3,dog,dog\n4,\"a \"\"bird\"\", small\",cat\n";
constexpr const char* kNumbers = "y,p\r\n1,1.5\r\n2,2\r\n3,1e0\r\n4, 4 \r\n";

}  // namespace

TEST_CASE("threshold-evaluator: metrics of classifiers are those of the textbooks") {
  for (const Place place : kPlaces) {
    Judged judged(place);
    auto metrics = judged.metrics(judged.task("classifier", kClasses));
    CHECK(metrics.size() == 4);
    CHECK(metrics["accuracy"] == doctest::Approx(0.5));
    CHECK(metrics["precision_macro"] == doctest::Approx((0.5 + 0.5 + 0) / 3));
    CHECK(metrics["recall_macro"] == doctest::Approx((0.5 + 1 + 0) / 3));
    CHECK(metrics["f1_macro"] == doctest::Approx((0.5 + 2.0 / 3 + 0) / 3));
  }
}

TEST_CASE("threshold-evaluator: metrics of regressors are those of the textbooks") {
  for (const Place place : kPlaces) {
    Judged judged(place);
    auto metrics = judged.metrics(judged.task("regressor", kNumbers));
    CHECK(metrics["mae"] == doctest::Approx(2.5 / 4));
    CHECK(metrics["rmse"] == doctest::Approx(std::sqrt(4.25 / 4)));
    CHECK(metrics["max_error"] == 2);
    CHECK(metrics["r2"] == doctest::Approx(1 - 4.25 / 5));
    CHECK(std::isnan(judged.metrics(judged.task("regressor", "y,p\n3,3\n3,4"))["r2"]));
    auto undefined = judged.metrics(judged.task("regressor", "y,p\n1,1\nnan,2\n3,7\n"));
    CHECK(std::isnan(undefined["rmse"]));
    CHECK(std::isnan(undefined["max_error"]));
  }
}

TEST_CASE("threshold-evaluator: thresholds are judged, bounds included, and reported") {
  for (const Place place : kPlaces) {
    Judged judged(place);
    auto kept =
        judged.metrics(judged.task("classifier", kClasses, R"({"thresholds": {"accuracy": {"min": 0.5}}})"));
    CHECK(kept["thresholds_kept"] == 1);
    const std::string strict = R"({"thresholds": {"max_error": {"max": 1.5}, "r2": {"min": 0, "max": 1}}})";
    CHECK(judged.metrics(judged.task("regressor", kNumbers, strict))["thresholds_kept"] == 0);
    CHECK(judged.report().find(R"("max_error": {"value": 2, "max": 1.5, "kept": false})") !=
          std::string::npos);
    CHECK(judged.report().starts_with("{\n  \"kept\": false,"));
    const auto task = judged.task("regressor", "y,p\n3,3\n3,4\n", R"({"thresholds": {"r2": {"min": -9}}})");
    CHECK(judged.metrics(task)["thresholds_kept"] == 0);
    CHECK(judged.report().find(R"("r2": {"value": null, "min": -9, "kept": false})") != std::string::npos);
  }
}

TEST_CASE("threshold-evaluator: what cannot be judged is refused with the place") {
  const std::map<std::string, std::string> faults{
      {"", "Line 1 of the data file: the file is empty."},
      {"y,p\n", "Line 2 of the data file: there are no rows."},
      {"y,q\n1,2\n", "The data file has no column 'p' for the predictions."},
      {"y,p\n1,2\n3\n", "1 fields where the first line names 2 columns."},
      {"y,p\n1,2\n3,secret\n", "what stands in 'p' is no number."},
      {"y,p\n1,\n", "what stands in 'p' is no number."},
      {"y,p\n1,\"2", "a quoted field has no end."},
      {"y,p\n1,\"2\"3\n", "text after a quoted field."}};
  for (const Place place : kPlaces) {
    Judged judged(place);
    for (const auto& [csv, message] : faults) {
      CAPTURE(csv);
      const Error error = judged.refusal(judged.task("regressor", csv));
      CHECK(error.code() == ErrorCode::kInvalidParameterValue);
      CHECK(std::string(error.what()).find(message) != std::string::npos);
      CHECK(std::string(error.what()).find("secret") == std::string::npos);
    }
  }
}

TEST_CASE("threshold-evaluator: a threshold that would let anything pass is refused") {
  for (const Place place : kPlaces) {
    Judged judged(place);
    for (const char* configuration :
         {"{", "[]", R"({"treshold": {}})", R"({"thresholds": []})", R"({"thresholds": {"accuracy": 0.9}})",
          R"({"thresholds": {"accuracy": {}}})", R"({"thresholds": {"accuracy": {"min": "0.9"}}})",
          R"({"thresholds": {"accuracy": {"mim": 0.9}}})", R"({"thresholds": {"acuracy": {"min": 0.9}}})"}) {
      CAPTURE(configuration);
      CHECK(judged.refusal(judged.task("classifier", kClasses, configuration)).code() ==
            ErrorCode::kInvalidParameterValue);
    }
  }
}

TEST_CASE("threshold-evaluator: it tells what it is not made for") {
  for (const Place place : kPlaces) {
    Judged judged(place);
    auto task = judged.task("question-answering", kClasses);
    CHECK(
        judged.plugin().can_evaluate(kContext, task).reason().starts_with("Only classifiers and regressors"));
    task.set_model_type("classifier");
    CHECK(judged.plugin().can_evaluate(kContext, task).able());
    task.set_model_directory("/models/1");
    CHECK(judged.plugin().can_evaluate(kContext, task).reason().find("no models") != std::string::npos);
    task.clear_model_directory();
    task.set_data_file("/no/such/file.csv");
    CHECK(judged.refusal(task).code() == ErrorCode::kResourceDoesNotExist);
  }
}
