#include "tracking/stores/file/index_models.h"

#include "tracking/stores/file/layout.h"
#include "tracking/stores/file/row_writing.h"

namespace millrace::tracking::files {
namespace {

using sql::Connection;

void write_model(Connection& connection, const ModelMeta& meta, const ThingPlace& place,
                 const ShownUri& shown) {
  const v1::LoggedModelInfo& info = meta.info;
  const std::string uri = shown(info.artifact_uri(), place);
  auto statement = connection.prepare(
      "INSERT INTO logged_models(model_id, experiment_id, name, artifact_location, creation_timestamp_ms, "
      "last_updated_timestamp_ms, status, lifecycle_stage, model_type, source_run_id, status_message) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
      "ON CONFLICT(model_id) DO UPDATE SET experiment_id = excluded.experiment_id, name = excluded.name, "
      "artifact_location = excluded.artifact_location, "
      "creation_timestamp_ms = excluded.creation_timestamp_ms, "
      "last_updated_timestamp_ms = excluded.last_updated_timestamp_ms, status = excluded.status, "
      "lifecycle_stage = excluded.lifecycle_stage, model_type = excluded.model_type, "
      "source_run_id = excluded.source_run_id, status_message = excluded.status_message");
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
  run_for(connection, "DELETE FROM " + std::string(table) + " WHERE model_id = ?1", place.name);
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

}  // namespace

void write_model_rows(Connection& connection, const ThingContent& content, const ShownUri& shown) {
  if (content.model) write_model(connection, *content.model, content.place, shown);
  if (content.params)
    write_model_values(connection, content.place, "logged_model_params", "param", *content.params);
  if (content.tags) write_model_values(connection, content.place, "logged_model_tags", "tag", *content.tags);
}

void remove_model_rows(Connection& connection, const std::string& id) {
  for (const char* table :
       {"logged_model_metrics", "logged_model_params", "logged_model_tags", "logged_models"})
    run_for(connection, "DELETE FROM " + std::string(table) + " WHERE model_id = ?1", id);
}

}  // namespace millrace::tracking::files
