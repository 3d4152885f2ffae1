#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/side_by_side.h"
#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {
namespace {

using sql::Connection;
using sql::Statement;
using v1::plugin::MetricLinesQuery;

/// A line of more points than this for each part is sampled where that will do: a point costs less to read in
/// passing than to look for.
constexpr int64_t kPointsWorthASample = 8;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Point {
  int64_t step;
  int64_t timestamp;
  double value;
};

void append(v1::MetricLine& line, const Point& point) {
  line.add_steps(point.step);
  line.add_timestamps(point.timestamp);
  line.add_values(point.value);
}

// Points that become one.
class Bucket {
 public:
  void add(const Point& point) {
    last_ = point;
    if (std::isfinite(point.value)) {
      sum_ += point.value;
      ++finite_;
    }
    if (std::isnan(point.value)) return;
    least_ = std::isnan(least_) ? point.value : std::min(least_, point.value);
    greatest_ = std::isnan(greatest_) ? point.value : std::max(greatest_, point.value);
  }

  void append_to(v1::MetricLine& line) const {
    append(line,
           {last_.step, last_.timestamp, finite_ > 0 ? sum_ / static_cast<double>(finite_) : last_.value});
    line.add_minimums(least_);
    line.add_maximums(greatest_);
  }

 private:
  Point last_{};
  double sum_ = 0;
  int64_t finite_ = 0;
  double least_ = kNaN;
  double greatest_ = kNaN;
};

constexpr std::string_view kPoint = "step, timestamp, value, is_nan";

// A query of the points of a metric of a run between two steps, with what comes after its conditions.
std::string points_query(std::string_view columns, std::string_view rest = "") {
  std::string query = "SELECT ";
  query += columns;
  query +=
      " FROM metrics INDEXED BY index_metrics_run_uuid_key_step "
      "WHERE run_uuid = ?1 AND key = ?2 AND step >= ?3 AND step <= ?4";
  if (!rest.empty()) query.append(" ").append(rest);
  return query;
}

// Reads one metric of one run after another with the same statements.
class LineReader {
 public:
  LineReader(Connection& connection, const MetricLinesQuery& query)
      : query_(query),
        exact_points_(std::max(query.max_points(), query.exact_points())),
        first_step_(connection.prepare(points_query("min(step)"))),
        last_step_(connection.prepare(points_query("max(step)"))),
        points_(connection.prepare(points_query(kPoint, "ORDER BY step"))),
        first_points_(connection.prepare(points_query(kPoint, "ORDER BY step, timestamp, value LIMIT ?5"))),
        far_point_(connection.prepare(points_query("step", "LIMIT 1 OFFSET ?5"))),
        last_point_(connection.prepare(points_query(kPoint, "ORDER BY step DESC LIMIT 1"))),
        may_sample_(query.quick() && !connection.is_remote()) {}

  std::optional<v1::MetricLine> read(const std::string& run_id, const std::string& key) {
    v1::MetricLine line;
    line.set_run_id(run_id);
    line.set_metric_key(key);
    if (may_sample_ && has_many_points(line)) {
      sample(parts_from(step_of(first_step_, line), line), line);
      return line;
    }
    take_first_points(line);
    if (line.steps().empty()) return std::nullopt;
    if (line.steps_size() <= exact_points_) return line;
    const int64_t first_step = line.steps(0);
    line.clear_steps();
    line.clear_timestamps();
    line.clear_values();
    put_together(parts_from(first_step, line), line);
    return line;
  }

 private:
  // Parts of equal width that the range of steps is cut into. Unsigned, because the steps of a run may lie
  // further apart than a signed number tells.
  struct Parts {
    uint64_t first;
    uint64_t span;  ///< from the first step to the last
    uint64_t width;

    uint64_t number_of(int64_t step) const { return (static_cast<uint64_t>(step) - first) / width; }
  };

  void bind(Statement& statement, const std::string& run_id, const std::string& key) const {
    statement.bind(1, std::string_view(run_id)).bind(2, std::string_view(key));
    statement.bind(3, query_.has_start_step() ? query_.start_step() : std::numeric_limits<int64_t>::min());
    statement.bind(4, query_.has_end_step() ? query_.end_step() : std::numeric_limits<int64_t>::max());
  }

  // One more than may come as they are, rather than a count of all.
  void take_first_points(v1::MetricLine& line) {
    bind(first_points_, line.run_id(), line.metric_key());
    first_points_.bind(5, int64_t{exact_points_} + 1);
    while (first_points_.step()) append(line, point_of(first_points_));
    first_points_.reset();
    line.set_point_count(line.steps_size());
  }

  bool has_many_points(const v1::MetricLine& line) {
    bind(far_point_, line.run_id(), line.metric_key());
    far_point_.bind(5, std::max<int64_t>(query_.max_points() * kPointsWorthASample, exact_points_));
    const bool found = far_point_.step();
    far_point_.reset();
    return found;
  }

  // The last point of each part that has points.
  void sample(const Parts& parts, v1::MetricLine& line) {
    for (uint64_t begin = 0;; begin += parts.width) {
      const uint64_t end = begin + std::min(parts.span - begin, parts.width - 1);
      bind(last_point_, line.run_id(), line.metric_key());
      last_point_.bind(3, static_cast<int64_t>(parts.first + begin));
      last_point_.bind(4, static_cast<int64_t>(parts.first + end));
      if (last_point_.step()) append(line, point_of(last_point_));
      last_point_.reset();
      if (end == parts.span) break;
    }
    line.set_sampled(true);
  }

  static Point point_of(const Statement& row) {
    return {row.integer(0), row.integer(1), value_from(row.real(2), row.integer(3) != 0)};
  }

  int64_t step_of(Statement& extreme, const v1::MetricLine& line) const {
    bind(extreme, line.run_id(), line.metric_key());
    extreme.step();
    const int64_t step = extreme.integer(0);
    extreme.reset();
    return step;
  }

  Parts parts_from(int64_t first_step, const v1::MetricLine& line) {
    const auto first = static_cast<uint64_t>(first_step);
    const uint64_t span = static_cast<uint64_t>(step_of(last_step_, line)) - first;
    return {first, span, span / static_cast<uint64_t>(query_.max_points()) + 1};
  }

  void put_together(const Parts& parts, v1::MetricLine& line) {
    std::optional<uint64_t> current;
    Bucket bucket;
    int64_t count = 0;
    bind(points_, line.run_id(), line.metric_key());
    for (; points_.step(); ++count) {
      const Point point = point_of(points_);
      const uint64_t number = parts.number_of(point.step);
      if (current && *current != number) {
        bucket.append_to(line);
        bucket = {};
      }
      current = number;
      bucket.add(point);
    }
    points_.reset();
    bucket.append_to(line);
    line.set_point_count(count);
  }

  const MetricLinesQuery& query_;
  const int exact_points_;
  Statement first_step_;
  Statement last_step_;
  Statement points_;
  Statement first_points_;
  Statement far_point_;
  Statement last_point_;
  const bool may_sample_;
};

}  // namespace

// Side by side, because a line is made of all its points, and of those some million pass in a second.

v1::GetMetricLinesResponse SqlTrackingStore::read_metric_lines(const CallContext&,
                                                               const MetricLinesQuery& request) {
  const auto runs = static_cast<size_t>(request.run_ids_size());
  std::vector<std::optional<v1::MetricLine>> lines(runs * static_cast<size_t>(request.metric_keys_size()));
  side_by_side(lines.size(), threads_of_one_request(), [&](const NextNumber& next) {
    std::optional<size_t> number = next();
    if (!number) return;
    database_->readers().read([&](Connection& connection) {
      // Begins with the line that it was at when the connection broke.
      for (LineReader reader(connection, request); number; number = next()) {
        lines[*number] = reader.read(request.run_ids(static_cast<int>(*number % runs)),
                                     request.metric_keys(static_cast<int>(*number / runs)));
      }
    });
  });
  v1::GetMetricLinesResponse response;
  for (auto& line : lines) {
    if (line) *response.add_lines() = *std::move(line);
  }
  return response;
}

}  // namespace millrace::tracking
