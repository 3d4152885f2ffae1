#pragma once

#include <cstdint>
#include <map>
#include <string>

/// By name. What is not defined on the data is NaN.
using Metrics = std::map<std::string, double>;

/// Counts how predicted classes agree with the true ones, as texts. Memory grows with the classes, not the
/// rows.
class ClassifierScores {
 public:
  /// RESOURCE_EXHAUSTED for more than 10,000 classes.
  void add(const std::string& target, const std::string& prediction);
  /// accuracy, and precision, recall and f1 averaged over the classes, each class counting the same.
  Metrics metrics() const;

 private:
  struct Class {
    int64_t hits = 0;
    int64_t targets = 0;
    int64_t predictions = 0;
  };
  Class& class_of(const std::string& name);

  std::map<std::string, Class> classes_;
  int64_t rows_ = 0;
  int64_t hits_ = 0;
};

/// Sums how predicted numbers differ from the true ones; the mean and variance by Welford's method, which
/// does not lose digits where the numbers are large.
class RegressorScores {
 public:
  void add(double target, double prediction);
  /// mae, rmse, max_error and r2; r2 is NaN when all targets are equal.
  Metrics metrics() const;

 private:
  int64_t rows_ = 0;
  double mean_ = 0;
  double squares_about_mean_ = 0;
  double absolute_ = 0;
  double squared_ = 0;
  double largest_ = 0;
};
