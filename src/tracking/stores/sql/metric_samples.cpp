#include <algorithm>
#include <limits>
#include <vector>

#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {
namespace {

using sql::Connection;
using v1::plugin::MetricSamples;
using v1::plugin::SampleQuery;

struct Range {
  int64_t first = std::numeric_limits<int64_t>::min();
  int64_t last = std::numeric_limits<int64_t>::max();
};

Range range_of(const SampleQuery& query) {
  if (!query.has_start_step() || !query.has_end_step()) return {};
  return {query.start_step(), query.end_step()};
}

struct StepCount {
  int64_t step;
  int64_t points;
};

// Points of each step in order of step, read from index_metrics_run_uuid_key_step alone.
std::vector<StepCount> count_steps(Connection& connection, const std::string& run_id,
                                   const SampleQuery& query) {
  const Range range = range_of(query);
  auto rows = connection.prepare(
      "SELECT step FROM metrics INDEXED BY index_metrics_run_uuid_key_step "
      "WHERE run_uuid = ?1 AND key = ?2 AND step >= ?3 AND step <= ?4 ORDER BY step");
  rows.bind(1, std::string_view(run_id)).bind(2, std::string_view(query.metric_key()));
  rows.bind(3, range.first).bind(4, range.last);
  std::vector<StepCount> steps;
  while (rows.step()) {
    const int64_t step = rows.integer(0);
    if (steps.empty() || steps.back().step != step) steps.push_back({step, 0});
    ++steps.back().points;
  }
  return steps;
}

// Positions of the first points of `buckets` buckets as NTILE makes them (the first total % buckets buckets
// have one point more), the last of them replaced by the very last point.
std::vector<int64_t> chosen_positions(int64_t total, int64_t buckets) {
  std::vector<int64_t> positions;
  if (total <= buckets) {
    for (int64_t i = 0; i < total; ++i) positions.push_back(i);
    return positions;
  }
  const int64_t size = total / buckets;
  const int64_t larger = total % buckets;
  for (int64_t bucket = 0; bucket < buckets; ++bucket) {
    positions.push_back(bucket * size + std::min(bucket, larger));
  }
  positions.back() = total - 1;
  return positions;
}

// Reads the points of one step in order of (timestamp, value, is_nan) and appends those whose rank is asked
// for.
class StepReader {
 public:
  StepReader(Connection& connection, const std::string& run_id, const std::string& key,
             MetricSamples& samples)
      : rows_(connection.prepare(
            "SELECT value, is_nan, timestamp FROM metrics INDEXED BY "
            "index_metrics_run_uuid_key_step WHERE run_uuid = ?1 AND key = ?2 AND step = ?3 "
            "ORDER BY timestamp, value, is_nan")),
        run_id_(run_id),
        key_(key),
        samples_(samples) {
    rows_.bind(1, std::string_view(run_id_)).bind(2, std::string_view(key_));
  }

  void append(int64_t step, const int64_t* rank, const int64_t* ranks_end) {
    rows_.bind(3, step);
    for (int64_t position = 0; rank != ranks_end && rows_.step(); ++position) {
      if (position != *rank) continue;
      ++rank;
      v1::MetricWithRunId& metric = *samples_.add_metrics();
      metric.set_key(key_);
      metric.set_value(value_from(rows_.real(0), rows_.integer(1) != 0));
      metric.set_timestamp(rows_.integer(2));
      metric.set_step(step);
      metric.set_run_id(run_id_);
    }
    rows_.reset();
  }

 private:
  sql::Statement rows_;
  const std::string& run_id_;
  const std::string& key_;
  MetricSamples& samples_;
};

void sample_run(Connection& connection, const std::string& run_id, const SampleQuery& query,
                MetricSamples& samples) {
  const std::vector<StepCount> steps = count_steps(connection, run_id, query);
  int64_t total = 0;
  for (const StepCount& step : steps) total += step.points;
  const std::vector<int64_t> positions = chosen_positions(total, std::max(1, query.max_points()));

  StepReader reader(connection, run_id, query.metric_key(), samples);
  size_t next = 0;
  int64_t before = 0;  // points of earlier steps
  std::vector<int64_t> ranks;
  for (const StepCount& step : steps) {
    ranks.clear();
    for (; next < positions.size() && positions[next] < before + step.points; ++next) {
      ranks.push_back(positions[next] - before);
    }
    if (!ranks.empty()) reader.append(step.step, ranks.data(), ranks.data() + ranks.size());
    before += step.points;
  }
}

}  // namespace

MetricSamples SqlTrackingStore::sample_metric_history(const CallContext&, const SampleQuery& request) {
  return database_->readers().read([&](Connection& connection) {
    MetricSamples samples;
    for (const std::string& run_id : request.run_ids()) sample_run(connection, run_id, request, samples);
    return samples;
  });
}

}  // namespace millrace::tracking
