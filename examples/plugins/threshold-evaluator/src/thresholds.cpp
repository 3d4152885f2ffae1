#include "thresholds.h"

#include <simdjson.h>

#include <cmath>
#include <cstdio>

#include "base/error.h"

namespace {

using millrace::throw_invalid_parameter;
namespace json = simdjson::dom;

json::object object_of(json::element element, const std::string& what) {
  json::object object;
  if (element.get(object) != simdjson::SUCCESS) throw_invalid_parameter(what + " is no JSON object.");
  return object;
}

Threshold threshold_of(const std::string& metric, json::object bounds) {
  Threshold threshold;
  for (const auto& [key, value] : bounds) {
    double bound = 0;
    if ((key != "min" && key != "max") || value.get(bound) != simdjson::SUCCESS)
      throw_invalid_parameter("The threshold of '" + metric +
                              "' has other things than numbers as min and max.");
    (key == "min" ? threshold.min : threshold.max) = bound;
  }
  if (!threshold.min && !threshold.max)
    throw_invalid_parameter("The threshold of '" + metric + "' is empty.");
  return threshold;
}

std::string number_text(double number) {
  if (!std::isfinite(number)) return "null";  // JSON has no other numbers
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", number);
  return text;
}

bool keeps(double value, const Threshold& threshold) {
  return (!threshold.min || value >= *threshold.min) && (!threshold.max || value <= *threshold.max);
}

std::string line_of(const std::string& metric, double value, const Threshold& threshold) {
  std::string line = "    \"" + metric + "\": {\"value\": " + number_text(value);
  if (threshold.min) line += ", \"min\": " + number_text(*threshold.min);
  if (threshold.max) line += ", \"max\": " + number_text(*threshold.max);
  return line + ", \"kept\": " + (keeps(value, threshold) ? "true}" : "false}");
}

double value_of(const Metrics& metrics, const std::string& name) {
  if (const auto found = metrics.find(name); found != metrics.end()) return found->second;
  std::string known;
  for (const auto& [metric, value] : metrics) known += (known.empty() ? "" : ", ") + metric;
  throw_invalid_parameter("There is no metric of that name for a threshold; there are " + known + ".");
}

}  // namespace

Thresholds parse_thresholds(const std::string& text) {
  Thresholds thresholds;
  if (text.empty()) return thresholds;
  json::parser parser;
  json::element document;
  if (parser.parse(text).get(document) != simdjson::SUCCESS)
    throw_invalid_parameter("The configuration is no JSON.");
  for (const auto& [key, value] : object_of(document, "The configuration")) {
    if (key != "thresholds")
      throw_invalid_parameter("The configuration may have 'thresholds' and nothing else.");
    for (const auto& [metric, bounds] : object_of(value, "'thresholds'")) {
      const std::string name(metric);
      thresholds[name] = threshold_of(name, object_of(bounds, "The threshold of '" + name + "'"));
    }
  }
  return thresholds;
}

Verdict judge(const Metrics& metrics, const Thresholds& thresholds) {
  Verdict verdict;
  std::string lines;
  for (const auto& [metric, threshold] : thresholds) {
    const double value = value_of(metrics, metric);
    verdict.kept = verdict.kept && keeps(value, threshold);
    lines += (lines.empty() ? "" : ",\n") + line_of(metric, value, threshold);
  }
  verdict.report = std::string("{\n  \"kept\": ") + (verdict.kept ? "true" : "false") +
                   ",\n  \"metrics\": {\n" + lines + "\n  }\n}\n";
  return verdict;
}
