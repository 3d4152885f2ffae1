#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {
namespace {

using sql::Connection;
using sql::Statement;
using v1::plugin::MetricLinesQuery;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Span {
  int64_t first;
  int64_t last;
  int64_t points;
};

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

// Reads one metric of one run after another with the same statements.
class LineReader {
 public:
  LineReader(Connection& connection, const MetricLinesQuery& query)
      : query_(query),
        span_(connection.prepare(
            "SELECT min(step), max(step), count(*) FROM metrics INDEXED BY index_metrics_run_uuid_key_step "
            "WHERE run_uuid = ?1 AND key = ?2 AND step >= ?3 AND step <= ?4")),
        points_(connection.prepare(
            "SELECT step, timestamp, value, is_nan FROM metrics INDEXED BY index_metrics_run_uuid_key_step "
            "WHERE run_uuid = ?1 AND key = ?2 AND step >= ?3 AND step <= ?4 ORDER BY step")),
        points_in_order_(connection.prepare(
            "SELECT step, timestamp, value, is_nan FROM metrics INDEXED BY index_metrics_run_uuid_key_step "
            "WHERE run_uuid = ?1 AND key = ?2 AND step >= ?3 AND step <= ?4 "
            "ORDER BY step, timestamp, value")) {}

  std::optional<v1::MetricLine> read(const std::string& run_id, const std::string& key) {
    bind(span_, run_id, key);
    span_.step();
    const Span span{span_.integer(0), span_.integer(1), span_.integer(2)};
    span_.reset();
    if (span.points == 0) return std::nullopt;
    v1::MetricLine line;
    line.set_run_id(run_id);
    line.set_metric_key(key);
    line.set_point_count(span.points);
    if (span.points <= query_.max_points()) {
      bind(points_in_order_, run_id, key);
      while (points_in_order_.step()) append(line, point_of(points_in_order_));
      points_in_order_.reset();
    } else {
      bind(points_, run_id, key);
      put_together(span, line);
      points_.reset();
    }
    return line;
  }

 private:
  void bind(Statement& statement, const std::string& run_id, const std::string& key) const {
    statement.bind(1, std::string_view(run_id)).bind(2, std::string_view(key));
    statement.bind(3, query_.has_start_step() ? query_.start_step() : std::numeric_limits<int64_t>::min());
    statement.bind(4, query_.has_end_step() ? query_.end_step() : std::numeric_limits<int64_t>::max());
  }

  static Point point_of(const Statement& row) {
    return {row.integer(0), row.integer(1), value_from(row.real(2), row.integer(3) != 0)};
  }

  // Unsigned, because the steps of a run may lie further apart than a signed number tells.
  void put_together(const Span& span, v1::MetricLine& line) {
    const auto first = static_cast<uint64_t>(span.first);
    const uint64_t width =
        (static_cast<uint64_t>(span.last) - first) / static_cast<uint64_t>(query_.max_points()) + 1;
    std::optional<uint64_t> current;
    Bucket bucket;
    while (points_.step()) {
      const Point point = point_of(points_);
      const uint64_t number = (static_cast<uint64_t>(point.step) - first) / width;
      if (current && *current != number) {
        bucket.append_to(line);
        bucket = {};
      }
      current = number;
      bucket.add(point);
    }
    bucket.append_to(line);
  }

  const MetricLinesQuery& query_;
  Statement span_;
  Statement points_;
  Statement points_in_order_;
};

v1::GetMetricLinesResponse read_lines(Connection& connection, const MetricLinesQuery& query) {
  v1::GetMetricLinesResponse response;
  LineReader reader(connection, query);
  for (const std::string& key : query.metric_keys()) {
    for (const std::string& run_id : query.run_ids()) {
      if (auto line = reader.read(run_id, key)) *response.add_lines() = *std::move(line);
    }
  }
  return response;
}

}  // namespace

v1::GetMetricLinesResponse SqlTrackingStore::read_metric_lines(const CallContext&,
                                                               const MetricLinesQuery& request) {
  return database_->readers().read([&](Connection& connection) { return read_lines(connection, request); });
}

}  // namespace millrace::tracking
