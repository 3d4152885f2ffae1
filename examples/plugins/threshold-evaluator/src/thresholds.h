#pragma once

#include <map>
#include <optional>
#include <string>

#include "scores.h"

/// What a metric has to keep to, bounds included.
struct Threshold {
  std::optional<double> min;
  std::optional<double> max;
};
using Thresholds = std::map<std::string, Threshold>;

/// Reads {"thresholds": {"accuracy": {"min": 0.9}, "rmse": {"max": 2.5}}}; nothing for an empty text. Throws
/// INVALID_PARAMETER_VALUE that says what is wrong: a key with a typing error would silently let anything
/// pass.
Thresholds parse_thresholds(const std::string& json);

struct Verdict {
  bool kept = true;
  std::string
      report;  ///< JSON: {"kept": false, "metrics": {"rmse": {"value": 3, "max": 2.5, "kept": false}}}
};

/// What is not defined (NaN) keeps to no threshold. INVALID_PARAMETER_VALUE for a threshold of a metric that
/// is not there.
Verdict judge(const Metrics& metrics, const Thresholds& thresholds);
