#include "tracking/stores/file/index_metrics.h"

#include "tracking/stores/file/layout.h"
#include "tracking/stores/file/points_together.h"
#include "tracking/stores/sql/rows.h"

namespace millrace::tracking::files {
namespace {

using sql::Connection;

void forget(Connection& connection, const ThingPlace& place, const std::string& key) {
  if (place.kind == ThingKind::kModel) {
    connection.prepare("DELETE FROM logged_model_metrics WHERE model_id = ?1 AND metric_name = ?2")
        .bind(1, std::string_view(place.name))
        .bind(2, std::string_view(key))
        .run();
    return;
  }
  for (const char* table : {"metrics", "latest_metrics"})
    connection.prepare("DELETE FROM " + std::string(table) + " WHERE run_uuid = ?1 AND key = ?2")
        .bind(1, std::string_view(place.name))
        .bind(2, std::string_view(key))
        .run();
}

void write_latest(Connection& connection, const std::string& run_id, const std::string& key,
                  const Point& point) {
  const StoredValue value = stored_value(point.value);
  connection
      .prepare(
          "INSERT INTO latest_metrics(key, value, timestamp, step, is_nan, run_uuid) VALUES(?1, ?2, ?3, ?4, "
          "?5, ?6) "
          "ON CONFLICT(key, run_uuid) DO UPDATE SET value = excluded.value, timestamp = excluded.timestamp, "
          "step = excluded.step, is_nan = excluded.is_nan "
          "WHERE (excluded.step, excluded.timestamp, excluded.value) > "
          "(latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)")
      .bind(1, std::string_view(key))
      .bind(2, value.value)
      .bind(3, point.timestamp)
      .bind(4, point.step)
      .bind_boolean(5, value.is_nan)
      .bind(6, std::string_view(run_id))
      .run();
}

void write_points(Connection& connection, const std::string& run_id, const MetricFileContent& file) {
  auto insert = connection.prepare(
      "INSERT INTO metrics(key, value, timestamp, run_uuid, step, is_nan) VALUES(?1, ?2, ?3, ?4, ?5, ?6) "
      "ON CONFLICT DO NOTHING");
  insert.bind(1, std::string_view(file.key)).bind(4, std::string_view(run_id));
  for (const Point& point : file.points) {
    const StoredValue value = stored_value(point.value);
    insert.bind(2, value.value).bind(3, point.timestamp).bind(5, point.step);
    insert.bind_boolean(6, value.is_nan).run();
  }
  if (const Point* latest = latest_of(file)) write_latest(connection, run_id, file.key, *latest);
}

void write_model_points(Connection& connection, const ThingPlace& place, const MetricFileContent& file) {
  auto insert = connection.prepare(
      "INSERT INTO logged_model_metrics(model_id, metric_name, metric_timestamp_ms, metric_step, "
      "metric_value, experiment_id, run_id, dataset_name, dataset_digest) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, "
      "?8, ?9) "
      "ON CONFLICT DO NOTHING");
  for (const v1::Metric& metric : file.metrics) {
    insert.bind(1, std::string_view(place.name)).bind(2, std::string_view(file.key));
    insert.bind(3, metric.timestamp()).bind(4, metric.step()).bind(5, stored_value(metric.value()).value);
    insert.bind(6, experiment_number(place.experiment).value_or(0))
        .bind(7, std::string_view(metric.run_id()));
    insert.bind_null(8).bind_null(9);
    if (metric.has_dataset_name()) insert.bind(8, std::string_view(metric.dataset_name()));
    if (metric.has_dataset_digest()) insert.bind(9, std::string_view(metric.dataset_digest()));
    insert.run();
  }
}

void write_record(Connection& connection, const std::string& path, const MetricFileContent& file) {
  connection
      .prepare(
          "INSERT OR REPLACE INTO millrace_metric_files(path, key, inode, size, tail, stamp) "
          "VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
      .bind(1, std::string_view(path))
      .bind(2, std::string_view(file.key))
      .bind(3, file.record.inode)
      .bind(4, file.record.size)
      .bind(5, file.record.tail)
      .bind(6, file.record.stamp)
      .run();
}

}  // namespace

void write_metrics(Connection& connection, const ThingContent& content) {
  const ThingPlace& place = content.place;
  for (const std::string& key : content.lost_metrics) forget(connection, place, key);
  if (place.kind == ThingKind::kRun && connection.is_remote())
    return write_points_together(connection, place.name, content.metrics);
  for (const MetricFileContent& file : content.metrics) {
    if (file.from_begin) forget(connection, place, file.key);
    if (place.kind == ThingKind::kRun) {
      write_points(connection, place.name, file);
    } else {
      write_model_points(connection, place, file);
    }
  }
}

void write_metric_records(Connection& connection, const ThingContent& content) {
  for (const std::string& key : content.lost_metrics) {
    connection.prepare("DELETE FROM millrace_metric_files WHERE path = ?1 AND key = ?2")
        .bind(1, std::string_view(content.place.path))
        .bind(2, std::string_view(key))
        .run();
  }
  for (const MetricFileContent& file : content.metrics) write_record(connection, content.place.path, file);
}

}  // namespace millrace::tracking::files
