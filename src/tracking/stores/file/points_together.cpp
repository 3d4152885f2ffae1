#include "tracking/stores/file/points_together.h"

#include <algorithm>
#include <tuple>

#include "tracking/stores/sql/rows.h"

namespace millrace::tracking::files {
namespace {

using sql::Connection;

constexpr size_t kMostRows = 5000;  // in one statement, so that neither side needs much memory

constexpr std::string_view kInsertPoints =
    "INSERT INTO metrics(key, value, timestamp, step, is_nan, run_uuid) "
    "SELECT * FROM unnest(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
constexpr std::string_view kInsertLatest =
    "INSERT INTO latest_metrics(key, value, timestamp, step, is_nan, run_uuid) "
    "SELECT * FROM unnest(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(key, run_uuid) DO UPDATE SET "
    "value = excluded.value, timestamp = excluded.timestamp, step = excluded.step, "
    "is_nan = excluded.is_nan WHERE (excluded.step, excluded.timestamp, excluded.value) > "
    "(latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)";

// Rows of a statement, sent whenever there are many.
class Rows {
 public:
  Rows(Connection& connection, std::string_view insert, std::string_view run_id)
      : connection_(connection), insert_(insert), run_id_(run_id) {}

  void add(const std::string& key, const Point& point) {
    const StoredValue value = stored_value(point.value);
    keys_.push_back(key);
    values_.push_back(value.value);
    timestamps_.push_back(point.timestamp);
    steps_.push_back(point.step);
    are_nan_.push_back(value.is_nan ? 1 : 0);
    if (keys_.size() >= kMostRows) write();
  }

  void write() {
    if (keys_.empty()) return;
    const std::vector<std::string_view> runs(keys_.size(), run_id_);
    auto statement = connection_.prepare(insert_);
    statement.bind_list(1, keys_).bind_list(2, values_).bind_list(3, timestamps_).bind_list(4, steps_);
    statement.bind_booleans(5, are_nan_).bind_list(6, runs).run();
    keys_.clear();
    values_.clear();
    timestamps_.clear();
    steps_.clear();
    are_nan_.clear();
  }

 private:
  Connection& connection_;
  const std::string_view insert_;
  const std::string_view run_id_;
  std::vector<std::string_view> keys_;
  std::vector<double> values_;
  std::vector<int64_t> timestamps_;
  std::vector<int64_t> steps_;
  std::vector<char> are_nan_;
};

bool is_earlier(const Point& a, const Point& b) {
  return std::tuple(a.step, a.timestamp, stored_value(a.value).value) <
         std::tuple(b.step, b.timestamp, stored_value(b.value).value);
}

void forget(Connection& connection, const std::string& run_id, const std::vector<MetricFileContent>& files) {
  std::vector<std::string_view> keys;
  for (const MetricFileContent& file : files) {
    if (file.from_begin) keys.push_back(file.key);
  }
  if (keys.empty()) return;
  for (const char* table : {"metrics", "latest_metrics"})
    connection.prepare("DELETE FROM " + std::string(table) + " WHERE run_uuid = ?1 AND key = ANY(?2)")
        .bind(1, std::string_view(run_id))
        .bind_list(2, keys)
        .run();
}

}  // namespace

const Point* latest_of(const MetricFileContent& file) {
  const auto latest = std::max_element(file.points.begin(), file.points.end(), is_earlier);
  return latest == file.points.end() ? nullptr : &*latest;
}

void write_points_together(Connection& connection, const std::string& run_id,
                           const std::vector<MetricFileContent>& files) {
  forget(connection, run_id, files);
  Rows points(connection, kInsertPoints, run_id);
  Rows latest(connection, kInsertLatest, run_id);
  for (const MetricFileContent& file : files) {
    for (const Point& point : file.points) points.add(file.key, point);
    if (const Point* last = latest_of(file)) latest.add(file.key, *last);
  }
  points.write();
  latest.write();
}

}  // namespace millrace::tracking::files
