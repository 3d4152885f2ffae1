#include "points.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace sample_plugin {

Point::Point(const millrace::v1::Metric& metric)
    : timestamp(metric.timestamp()),
      step(metric.step()),
      number(std::isnan(metric.value()) ? 0 : metric.value()),
      is_nan(std::isnan(metric.value())) {}

double Point::value() const {
  return is_nan ? std::numeric_limits<double>::quiet_NaN() : number;
}

bool Point::is_later_than(const Point& other) const {
  return std::tuple(step, timestamp, number, !is_nan) >
         std::tuple(other.step, other.timestamp, other.number, !other.is_nan);
}

void Points::add(const Point& point) {
  points_.insert(point);
  if (!latest_ || point.is_later_than(*latest_)) latest_ = point;
}

void Points::remove_after(std::optional<int64_t> step) {
  std::erase_if(points_, [&](const Point& point) { return !step || point.step > *step; });
  latest_.reset();
  for (const Point& point : points_) {
    if (!latest_ || point.is_later_than(*latest_)) latest_ = point;
  }
}

int64_t Points::count_after(std::optional<int64_t> step) const {
  return std::count_if(points_.begin(), points_.end(),
                       [&](const Point& point) { return !step || point.step > *step; });
}

}  // namespace sample_plugin
