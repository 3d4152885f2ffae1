#include "scores.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace {

constexpr size_t kMostClasses = 10'000;
constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

// Of a class that was never predicted, or never there, nothing is right.
double share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

ClassifierScores::Class& ClassifierScores::class_of(const std::string& name) {
  Class& found = classes_[name];
  if (classes_.size() > kMostClasses) {
    throw millrace::Error(millrace::ErrorCode::kResourceExhausted,
                          "There are more than 10,000 classes; are these the columns of a regressor?");
  }
  return found;
}

void ClassifierScores::add(const std::string& target, const std::string& prediction) {
  ++rows_;
  ++class_of(target).targets;
  ++class_of(prediction).predictions;
  if (target != prediction) return;
  ++hits_;
  ++class_of(target).hits;
}

Metrics ClassifierScores::metrics() const {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  for (const auto& [name, counts] : classes_) {
    precision += share(counts.hits, counts.predictions);
    recall += share(counts.hits, counts.targets);
    f1 += share(2 * counts.hits, counts.targets + counts.predictions);
  }
  const auto count = static_cast<double>(classes_.size());
  return {{"accuracy", share(hits_, rows_)},
          {"precision_macro", precision / count},
          {"recall_macro", recall / count},
          {"f1_macro", f1 / count}};
}

void RegressorScores::add(double target, double prediction) {
  const double error = target - prediction;
  const double from_mean = target - mean_;
  ++rows_;
  mean_ += from_mean / static_cast<double>(rows_);
  squares_about_mean_ += from_mean * (target - mean_);
  absolute_ += std::abs(error);
  squared_ += error * error;
  // A NaN stays; std::max would drop it.
  if (std::isnan(error) || std::abs(error) > largest_) largest_ = std::abs(error);
}

Metrics RegressorScores::metrics() const {
  const auto count = static_cast<double>(rows_);
  return {{"mae", absolute_ / count},
          {"rmse", std::sqrt(squared_ / count)},
          {"max_error", largest_},
          {"r2", squares_about_mean_ == 0 ? kUndefined : 1 - squared_ / squares_about_mean_}};
}
