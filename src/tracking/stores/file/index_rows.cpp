#include "tracking/stores/file/index_rows.h"

#include "tracking/stores/file/index_experiments.h"
#include "tracking/stores/file/index_metrics.h"
#include "tracking/stores/file/index_models.h"
#include "tracking/stores/file/index_runs.h"
#include "tracking/stores/file/row_writing.h"

namespace millrace::tracking::files {
namespace {

using sql::Connection;

void remove_rows(Connection& connection, const ThingRecord& record) {
  if (record.id.empty()) return;
  switch (record.kind) {
    case ThingKind::kExperiment:
      return remove_experiment_rows(connection, record.id);
    case ThingKind::kRun:
      return remove_run_rows(connection, record.id);
    case ThingKind::kModel:
      return remove_model_rows(connection, record.id);
  }
}

void write_record(Connection& connection, const ThingRecord& record) {
  auto statement = connection.prepare(
      "INSERT OR REPLACE INTO millrace_things(path, kind, id, running, meta, params, tags, links, metrics) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  statement.bind(1, std::string_view(record.path)).bind(2, static_cast<int64_t>(record.kind));
  statement.bind(3, std::string_view(record.id)).bind(4, static_cast<int64_t>(record.is_running));
  statement.bind(5, record.stamps.meta).bind(6, record.stamps.params).bind(7, record.stamps.tags);
  statement.bind(8, record.stamps.links).bind(9, record.stamps.metrics).run();
}

}  // namespace

void write_thing_rows(sql::Connection& connection, const ThingContent& content, const ShownUri& shown,
                      const Complain& complain) {
  switch (content.place.kind) {
    case ThingKind::kExperiment:
      return write_experiment_rows(connection, content, shown, complain);
    case ThingKind::kRun:
      write_run_rows(connection, content, shown);
      break;
    case ThingKind::kModel:
      write_model_rows(connection, content, shown);
      break;
  }
  write_metrics(connection, content);
}

std::vector<ThingRecord> load_things(Connection& connection) {
  std::vector<ThingRecord> records;
  auto row = connection.prepare(
      "SELECT path, kind, id, running, meta, params, tags, links, metrics FROM millrace_things");
  while (row.step()) {
    records.push_back({static_cast<ThingKind>(row.integer(1)),
                       std::string(row.text(0)),
                       std::string(row.text(2)),
                       row.integer(3) != 0,
                       {row.integer(4), row.integer(5), row.integer(6), row.integer(7), row.integer(8)}});
  }
  return records;
}

MetricFileRecords load_metric_files(Connection& connection, const std::string& path) {
  MetricFileRecords records;
  auto row =
      connection.prepare("SELECT key, inode, size, tail, stamp FROM millrace_metric_files WHERE path = ?1");
  row.bind(1, std::string_view(path));
  while (row.step())
    records[std::string(row.text(0))] = {row.integer(1), row.integer(2), row.integer(3), row.integer(4)};
  return records;
}

ThingRecord write_thing(Connection& connection, const ThingContent& content, const ThingRecord* known,
                        const ShownUri& shown, const Complain& complain) {
  ThingRecord record;
  record.kind = content.place.kind;
  record.path = content.place.path;
  record.stamps = content.look.stamps;
  if (!content.fault.empty()) {
    complain(content.place.path + " is left out: " + content.fault);
    if (known != nullptr) remove_thing(connection, *known);
  } else {
    record.id = content.place.name;
    record.is_running =
        content.run ? content.run->info.status() == v1::RUNNING : known != nullptr && known->is_running;
    write_thing_rows(connection, content, shown, complain);
    write_metric_records(connection, content);
  }
  write_record(connection, record);
  return record;
}

void remove_thing(Connection& connection, const ThingRecord& record) {
  remove_rows(connection, record);
  run_for(connection, "DELETE FROM millrace_metric_files WHERE path = ?1", record.path);
  run_for(connection, "DELETE FROM millrace_things WHERE path = ?1", record.path);
}

}  // namespace millrace::tracking::files
