#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "millrace/registration.h"
#include "millrace/v1/plugin/tracking_store.gen.h"

namespace sample_plugin {

/// A value of a metric, in the order of a history: time, step, value. NaN counts as 0, so that points can be
/// compared.
struct Point {
  int64_t timestamp = 0;
  int64_t step = 0;
  double number = 0;
  bool is_nan = false;

  explicit Point(const millrace::v1::Metric& metric);
  auto operator<=>(const Point&) const = default;
  double value() const;
  /// Whether it is later than another: by step, time and value.
  bool is_later_than(const Point& other) const;
};

/// All points of one metric of one run, each once. Not synchronized.
class Points {
 public:
  void add(const Point& point);
  /// All points, or those of later steps.
  void remove_after(std::optional<int64_t> step);
  int64_t count_after(std::optional<int64_t> step) const;

  const std::set<Point>& history() const { return points_; }
  const std::optional<Point>& latest() const { return latest_; }

 private:
  std::set<Point> points_;
  std::optional<Point> latest_;
};

}  // namespace sample_plugin
