#include "tracking/stores/file/index_runs.h"

#include <vector>

#include "tracking/stores/file/layout.h"
#include "tracking/stores/file/row_writing.h"

namespace millrace::tracking::files {
namespace {

using sql::Connection;

void insert_together(Connection& connection, const std::string& table, const std::string& id,
                     const KeyValues& values) {
  std::vector<std::string_view> keys;
  std::vector<std::string_view> texts;
  for (const auto& [key, value] : values) {
    keys.push_back(key);
    texts.push_back(value);
  }
  const std::vector<std::string_view> ids(keys.size(), id);
  connection.prepare("INSERT INTO " + table + "(key, value, run_uuid) SELECT * FROM unnest(?1, ?2, ?3)")
      .bind_list(1, keys)
      .bind_list(2, texts)
      .bind_list(3, ids)
      .run();
}

void insert_values(Connection& connection, const std::string& table, const std::string& id,
                   const KeyValues& values) {
  if (values.empty()) return;
  if (connection.is_remote()) return insert_together(connection, table, id, values);
  auto insert = connection.prepare("INSERT INTO " + table + "(key, value, run_uuid) VALUES(?1, ?2, ?3)");
  for (const auto& [key, value] : values)
    insert.bind(1, std::string_view(key))
        .bind(2, std::string_view(value))
        .bind(3, std::string_view(id))
        .run();
}

void write_run(Connection& connection, const RunMeta& meta, const ThingPlace& place, const ShownUri& shown) {
  const v1::RunInfo& info = meta.info;
  const std::string uri = shown(info.artifact_uri(), place);
  const std::string& status = v1::RunStatus_Name(info.status());
  auto statement = connection.prepare(
      "INSERT INTO runs(run_uuid, name, source_type, source_name, entry_point_name, user_id, status, "
      "start_time, end_time, source_version, lifecycle_stage, artifact_uri, experiment_id, deleted_time) "
      "VALUES(?1, ?2, 'LOCAL', '', '', ?3, ?4, ?5, ?6, '', ?7, ?8, ?9, ?10) "
      "ON CONFLICT(run_uuid) DO UPDATE SET name = excluded.name, user_id = excluded.user_id, "
      "status = excluded.status, start_time = excluded.start_time, end_time = excluded.end_time, "
      "lifecycle_stage = excluded.lifecycle_stage, artifact_uri = excluded.artifact_uri, "
      "experiment_id = excluded.experiment_id, deleted_time = excluded.deleted_time");
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
  run_for(connection,
          "UPDATE runs SET name = (SELECT value FROM tags WHERE run_uuid = ?1 AND key = 'mlflow.runName') "
          "WHERE run_uuid = ?1 AND coalesce(name, '') = '' "
          "AND EXISTS (SELECT 1 FROM tags WHERE run_uuid = ?1 AND key = 'mlflow.runName')",
          run_id);
}

void remove_links(Connection& connection, const std::string& run_id) {
  run_for(connection,
          "DELETE FROM input_tags WHERE input_uuid IN (SELECT input_uuid FROM inputs "
          "WHERE destination_type = 'RUN' AND destination_id = ?1)",
          run_id);
  run_for(connection, "DELETE FROM inputs WHERE destination_type = 'RUN' AND destination_id = ?1", run_id);
  run_for(connection,
          "DELETE FROM inputs WHERE source_type IN ('RUN_INPUT', 'RUN_OUTPUT') AND source_id = ?1", run_id);
}

void write_dataset(Connection& connection, int64_t experiment, const std::string& row_id,
                   const DatasetLink& link) {
  const v1::Dataset& dataset = link.input.dataset();
  auto statement = connection.prepare(
      "INSERT INTO datasets(dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source, "
      "dataset_schema, dataset_profile) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
      "ON CONFLICT(experiment_id, name, digest) DO UPDATE SET dataset_uuid = excluded.dataset_uuid, "
      "dataset_source_type = excluded.dataset_source_type, dataset_source = excluded.dataset_source, "
      "dataset_schema = excluded.dataset_schema, dataset_profile = excluded.dataset_profile");
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

}  // namespace

void write_run_rows(Connection& connection, const ThingContent& content, const ShownUri& shown) {
  const std::string& id = content.place.name;
  if (content.run) write_run(connection, *content.run, content.place, shown);
  if (content.params) {
    run_for(connection, "DELETE FROM params WHERE run_uuid = ?1", id);
    insert_values(connection, "params", id, *content.params);
  }
  if (content.tags) {
    run_for(connection, "DELETE FROM tags WHERE run_uuid = ?1", id);
    insert_values(connection, "tags", id, *content.tags);
  }
  if (content.run || content.tags) name_by_tag(connection, id);
  if (content.links) write_links(connection, content.place, *content.links);
}

void remove_run_rows(Connection& connection, const std::string& id) {
  remove_links(connection, id);
  for (const char* sql :
       {"DELETE FROM metrics WHERE run_uuid = ?1", "DELETE FROM latest_metrics WHERE run_uuid = ?1",
        "DELETE FROM params WHERE run_uuid = ?1", "DELETE FROM tags WHERE run_uuid = ?1",
        "DELETE FROM runs WHERE run_uuid = ?1"})
    run_for(connection, sql, id);
}

}  // namespace millrace::tracking::files
