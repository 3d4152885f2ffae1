#include "tracking/stores/file/index_rows.h"

#include "tracking/stores/file/index_metrics.h"
#include "tracking/stores/file/layout.h"

namespace millrace::tracking::files {
namespace {

using sql::Connection;

void run(Connection& connection, std::string_view sql, std::string_view id) {
  connection.prepare(sql).bind(1, id).run();
}

void insert_values(Connection& connection, std::string_view sql, const std::string& id,
                   const KeyValues& values) {
  auto insert = connection.prepare(sql);
  for (const auto& [key, value] : values)
    insert.bind(1, std::string_view(key))
        .bind(2, std::string_view(value))
        .bind(3, std::string_view(id))
        .run();
}

template <typename Message>
void bind_time(sql::Statement& statement, int position, bool has, Message time) {
  if (has) {
    statement.bind(position, static_cast<int64_t>(time));
  } else {
    statement.bind_null(position);
  }
}

// ---- experiments ----

// Names are unique in the schema, but not in folders that were copied together.
std::string free_name(Connection& connection, const v1::Experiment& experiment, const std::string& path,
                      const Complain& complain) {
  auto row = connection.prepare("SELECT experiment_id FROM experiments WHERE name = ?1");
  if (!row.bind(1, std::string_view(experiment.name())).step()) return experiment.name();
  if (row.text(0) == experiment.experiment_id()) return experiment.name();
  std::string name = experiment.name() + " (" + experiment.experiment_id() + ")";
  complain("The experiment of " + path + " is shown as '" + name + "': experiment " +
           std::string(row.text(0)) + " has the name '" + experiment.name() + "' too.");
  return name;
}

void write_experiment(Connection& connection, const v1::Experiment& experiment, const ThingPlace& place,
                      const ShownUri& shown, const Complain& complain) {
  const std::string name = free_name(connection, experiment, place.path, complain);
  const std::string location = shown(experiment.artifact_location(), place);
  auto statement = connection.prepare(
      "INSERT INTO experiments(experiment_id, name, artifact_location, lifecycle_stage, creation_time, "
      "last_update_time, workspace) VALUES(?1, ?2, ?3, ?4, ?5, ?6, 'default') ON CONFLICT(experiment_id) DO "
      "UPDATE "
      "SET name = excluded.name, artifact_location = excluded.artifact_location, lifecycle_stage = "
      "excluded.lifecycle_stage, creation_time = excluded.creation_time, last_update_time = "
      "excluded.last_update_time");
  statement.bind(1, experiment_number(place.name).value_or(0)).bind(2, std::string_view(name));
  statement.bind(3, std::string_view(location)).bind(4, std::string_view(experiment.lifecycle_stage()));
  bind_time(statement, 5, experiment.has_creation_time(), experiment.creation_time());
  bind_time(statement, 6, experiment.has_last_update_time(), experiment.last_update_time());
  statement.run();
}

void write_experiment_tags(Connection& connection, const std::string& id, const KeyValues& tags) {
  const int64_t number = experiment_number(id).value_or(0);
  connection.prepare("DELETE FROM experiment_tags WHERE experiment_id = ?1").bind(1, number).run();
  auto insert =
      connection.prepare("INSERT INTO experiment_tags(key, value, experiment_id) VALUES(?1, ?2, ?3)");
  for (const auto& [key, value] : tags)
    insert.bind(1, std::string_view(key)).bind(2, std::string_view(value)).bind(3, number).run();
}

// ---- runs ----

void write_run(Connection& connection, const RunMeta& meta, const ThingPlace& place, const ShownUri& shown) {
  const v1::RunInfo& info = meta.info;
  const std::string uri = shown(info.artifact_uri(), place);
  const std::string& status = v1::RunStatus_Name(info.status());
  auto statement = connection.prepare(
      "INSERT INTO runs(run_uuid, name, source_type, source_name, entry_point_name, user_id, status, "
      "start_time, "
      "end_time, source_version, lifecycle_stage, artifact_uri, experiment_id, deleted_time) VALUES(?1, ?2, "
      "'LOCAL', "
      "'', '', ?3, ?4, ?5, ?6, '', ?7, ?8, ?9, ?10) ON CONFLICT(run_uuid) DO UPDATE SET name = "
      "excluded.name, user_id "
      "= excluded.user_id, status = excluded.status, start_time = excluded.start_time, end_time = "
      "excluded.end_time, "
      "lifecycle_stage = excluded.lifecycle_stage, artifact_uri = excluded.artifact_uri, experiment_id = "
      "excluded.experiment_id, deleted_time = excluded.deleted_time");
  statement.bind(1, std::string_view(info.run_id())).bind(2, std::string_view(info.run_name()));
  statement.bind(3, std::string_view(info.user_id())).bind(4, std::string_view(status));
  bind_time(statement, 5, info.has_start_time(), info.start_time());
  bind_time(statement, 6, info.has_end_time(), info.end_time());
  statement.bind(7, std::string_view(info.lifecycle_stage())).bind(8, std::string_view(uri));
  statement.bind(9, experiment_number(place.experiment).value_or(0));
  bind_time(statement, 10, meta.deleted_time.has_value(), meta.deleted_time.value_or(0));
  statement.run();
}

// The first versions of the reference kept the name of a run in its tag alone.
void name_by_tag(Connection& connection, const std::string& run_id) {
  run(connection,
      "UPDATE runs SET name = (SELECT value FROM tags WHERE run_uuid = ?1 AND key = 'mlflow.runName') "
      "WHERE run_uuid = ?1 AND coalesce(name, '') = '' AND EXISTS (SELECT 1 FROM tags WHERE run_uuid = ?1 "
      "AND key = "
      "'mlflow.runName')",
      run_id);
}

void remove_links(Connection& connection, const std::string& run_id) {
  run(connection,
      "DELETE FROM input_tags WHERE input_uuid IN (SELECT input_uuid FROM inputs WHERE destination_type = "
      "'RUN' AND "
      "destination_id = ?1)",
      run_id);
  run(connection, "DELETE FROM inputs WHERE destination_type = 'RUN' AND destination_id = ?1", run_id);
  run(connection, "DELETE FROM inputs WHERE source_type IN ('RUN_INPUT', 'RUN_OUTPUT') AND source_id = ?1",
      run_id);
}

void write_dataset(Connection& connection, int64_t experiment, const std::string& row_id,
                   const DatasetLink& link) {
  const v1::Dataset& dataset = link.input.dataset();
  auto statement = connection.prepare(
      "INSERT INTO datasets(dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source, "
      "dataset_schema, dataset_profile) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT(experiment_id, "
      "name, digest) DO UPDATE SET "
      "dataset_uuid "
      "= excluded.dataset_uuid, dataset_source_type = excluded.dataset_source_type, dataset_source = "
      "excluded.dataset_source, dataset_schema = excluded.dataset_schema, dataset_profile = "
      "excluded.dataset_profile");
  statement.bind(1, std::string_view(row_id)).bind(2, experiment);
  statement.bind(3, std::string_view(dataset.name())).bind(4, std::string_view(dataset.digest()));
  statement.bind(5, std::string_view(dataset.source_type())).bind(6, std::string_view(dataset.source()));
  if (dataset.has_schema()) statement.bind(7, std::string_view(dataset.schema()));
  if (dataset.has_profile()) statement.bind(8, std::string_view(dataset.profile()));
  statement.run();
}

void write_edge(Connection& connection, const std::string& input_id, const char* source_type,
                std::string_view source_id, const char* destination_type, std::string_view destination_id,
                int64_t step) {
  connection
      .prepare(
          "INSERT INTO inputs(input_uuid, source_type, source_id, destination_type, destination_id, step) "
          "VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING")
      .bind(1, std::string_view(input_id))
      .bind(2, std::string_view(source_type))
      .bind(3, source_id)
      .bind(4, std::string_view(destination_type))
      .bind(5, destination_id)
      .bind(6, step)
      .run();
}

void write_links(Connection& connection, const ThingPlace& place, const RunLinks& links) {
  const std::string& run_id = place.name;
  remove_links(connection, run_id);
  for (const DatasetLink& link : links.datasets) {
    const std::string row_id = dataset_row_id(place.experiment, link.dataset_id);
    write_dataset(connection, experiment_number(place.experiment).value_or(0), row_id, link);
    const std::string input_id = dataset_input_folder(link.dataset_id, run_id);
    write_edge(connection, input_id, "DATASET", row_id, "RUN", run_id, 0);
    auto tag = connection.prepare(
        "INSERT INTO input_tags(name, value, input_uuid) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING");
    for (const v1::InputTag& one : link.input.tags())
      tag.bind(1, std::string_view(one.key()))
          .bind(2, std::string_view(one.value()))
          .bind(3, std::string_view(input_id))
          .run();
  }
  for (const std::string& model : links.model_inputs)
    write_edge(connection, model_input_folder(model, run_id), "RUN_INPUT", run_id, "MODEL_INPUT", model, 0);
  for (const v1::ModelOutput& output : links.model_outputs)
    write_edge(connection, model_input_folder(run_id, output.model_id()), "RUN_OUTPUT", run_id,
               "MODEL_OUTPUT", output.model_id(), output.step());
}

void remove_run(Connection& connection, const std::string& id) {
  remove_links(connection, id);
  for (const char* sql :
       {"DELETE FROM metrics WHERE run_uuid = ?1", "DELETE FROM latest_metrics WHERE run_uuid = ?1",
        "DELETE FROM params WHERE run_uuid = ?1", "DELETE FROM tags WHERE run_uuid = ?1",
        "DELETE FROM runs WHERE run_uuid = ?1"})
    run(connection, sql, id);
}

// ---- logged models ----

void write_model(Connection& connection, const ModelMeta& meta, const ThingPlace& place,
                 const ShownUri& shown) {
  const v1::LoggedModelInfo& info = meta.info;
  const std::string uri = shown(info.artifact_uri(), place);
  auto statement = connection.prepare(
      "INSERT INTO logged_models(model_id, experiment_id, name, artifact_location, creation_timestamp_ms, "
      "last_updated_timestamp_ms, status, lifecycle_stage, model_type, source_run_id, status_message) "
      "VALUES(?1, ?2, "
      "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT(model_id) DO UPDATE SET experiment_id = "
      "excluded.experiment_id, name = excluded.name, artifact_location = excluded.artifact_location, "
      "creation_timestamp_ms = excluded.creation_timestamp_ms, last_updated_timestamp_ms = "
      "excluded.last_updated_timestamp_ms, status = excluded.status, lifecycle_stage = "
      "excluded.lifecycle_stage, "
      "model_type = excluded.model_type, source_run_id = excluded.source_run_id, status_message = "
      "excluded.status_message");
  statement.bind(1, std::string_view(info.model_id()))
      .bind(2, experiment_number(place.experiment).value_or(0));
  statement.bind(3, std::string_view(info.name())).bind(4, std::string_view(uri));
  statement.bind(5, info.creation_timestamp_ms()).bind(6, info.last_updated_timestamp_ms());
  statement.bind(7, static_cast<int64_t>(info.status())).bind(8, std::string_view(meta.stage));
  if (info.has_model_type()) statement.bind(9, std::string_view(info.model_type()));
  if (info.has_source_run_id()) statement.bind(10, std::string_view(info.source_run_id()));
  if (info.has_status_message()) statement.bind(11, std::string_view(info.status_message()));
  statement.run();
}

void write_model_values(Connection& connection, const ThingPlace& place, const char* table,
                        const char* prefix, const KeyValues& values) {
  run(connection, "DELETE FROM " + std::string(table) + " WHERE model_id = ?1", place.name);
  const std::string columns = std::string(prefix) + "_key, " + prefix + "_value";
  auto insert = connection.prepare("INSERT INTO " + std::string(table) + "(" + columns +
                                   ", model_id, experiment_id) VALUES(?1, ?2, ?3, ?4)");
  for (const auto& [key, value] : values) {
    insert.bind(1, std::string_view(key))
        .bind(2, std::string_view(value))
        .bind(3, std::string_view(place.name));
    insert.bind(4, experiment_number(place.experiment).value_or(0)).run();
  }
}

void remove_model(Connection& connection, const std::string& id) {
  for (const char* table :
       {"logged_model_metrics", "logged_model_params", "logged_model_tags", "logged_models"})
    run(connection, "DELETE FROM " + std::string(table) + " WHERE model_id = ?1", id);
}

void remove_experiment(Connection& connection, const std::string& id) {
  const int64_t number = experiment_number(id).value_or(-1);
  for (const char* table : {"experiment_tags", "datasets", "experiments"})
    connection.prepare("DELETE FROM " + std::string(table) + " WHERE experiment_id = ?1")
        .bind(1, number)
        .run();
}

void remove_rows(Connection& connection, const ThingRecord& record) {
  if (record.id.empty()) return;
  switch (record.kind) {
    case ThingKind::kExperiment:
      return remove_experiment(connection, record.id);
    case ThingKind::kRun:
      return remove_run(connection, record.id);
    case ThingKind::kModel:
      return remove_model(connection, record.id);
  }
}

// ---- all ----

void write_values(Connection& connection, const ThingContent& content) {
  const std::string& id = content.place.name;
  switch (content.place.kind) {
    case ThingKind::kExperiment:
      if (content.tags) write_experiment_tags(connection, id, *content.tags);
      return;
    case ThingKind::kRun:
      if (content.params) {
        run(connection, "DELETE FROM params WHERE run_uuid = ?1", id);
        insert_values(connection, "INSERT INTO params(key, value, run_uuid) VALUES(?1, ?2, ?3)", id,
                      *content.params);
      }
      if (content.tags) {
        run(connection, "DELETE FROM tags WHERE run_uuid = ?1", id);
        insert_values(connection, "INSERT INTO tags(key, value, run_uuid) VALUES(?1, ?2, ?3)", id,
                      *content.tags);
      }
      return;
    case ThingKind::kModel:
      if (content.params)
        write_model_values(connection, content.place, "logged_model_params", "param", *content.params);
      if (content.tags)
        write_model_values(connection, content.place, "logged_model_tags", "tag", *content.tags);
      return;
  }
}

void write_record(Connection& connection, const ThingRecord& record) {
  auto statement = connection.prepare(
      "INSERT OR REPLACE INTO millrace_things(path, kind, id, running, meta, params, tags, links, metrics) "
      "VALUES(?1, "
      "?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  statement.bind(1, std::string_view(record.path)).bind(2, static_cast<int64_t>(record.kind));
  statement.bind(3, std::string_view(record.id)).bind(4, static_cast<int64_t>(record.is_running));
  statement.bind(5, record.stamps.meta).bind(6, record.stamps.params).bind(7, record.stamps.tags);
  statement.bind(8, record.stamps.links).bind(9, record.stamps.metrics).run();
}

}  // namespace

void write_thing_rows(sql::Connection& connection, const ThingContent& content, const ShownUri& shown,
                      const Complain& complain) {
  if (content.experiment) write_experiment(connection, *content.experiment, content.place, shown, complain);
  if (content.run) write_run(connection, *content.run, content.place, shown);
  if (content.model) write_model(connection, *content.model, content.place, shown);
  write_values(connection, content);
  if (content.place.kind == ThingKind::kRun && (content.run || content.tags))
    name_by_tag(connection, content.place.name);
  if (content.links) write_links(connection, content.place, *content.links);
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
  run(connection, "DELETE FROM millrace_metric_files WHERE path = ?1", record.path);
  run(connection, "DELETE FROM millrace_things WHERE path = ?1", record.path);
}

}  // namespace millrace::tracking::files
