#include "base/error.h"
#include "tracking/stores/sql/logged_model_rows.h"
#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {
namespace {

using sql::Connection;
using v1::plugin::LoggedModelChanges;

[[noreturn]] void throw_no_model(std::string_view id) {
  throw_not_found("Logged model with ID '" + std::string(id) + "' not found.");
}

int64_t experiment_of(Connection& connection, std::string_view model_id) {
  auto row = connection.prepare("SELECT experiment_id FROM logged_models WHERE model_id = ?1");
  if (!row.bind(1, model_id).step()) throw_no_model(model_id);
  return row.integer(0);
}

void write_param(Connection& connection, std::string_view model_id, int64_t experiment_id,
                 const v1::LoggedModelParameter& param) {
  connection
      .prepare(
          "INSERT INTO logged_model_params(model_id, experiment_id, param_key, param_value) VALUES(?1, ?2, "
          "?3, ?4)")
      .bind(1, model_id)
      .bind(2, experiment_id)
      .bind(3, std::string_view(param.key()))
      .bind(4, std::string_view(param.value()))
      .run();
}

void write_tag(Connection& connection, std::string_view model_id, int64_t experiment_id,
               const v1::LoggedModelTag& tag) {
  connection
      .prepare(
          "INSERT INTO logged_model_tags(model_id, experiment_id, tag_key, tag_value) VALUES(?1, ?2, ?3, ?4) "
          "ON CONFLICT(model_id, tag_key) DO UPDATE SET tag_value = excluded.tag_value")
      .bind(1, model_id)
      .bind(2, experiment_id)
      .bind(3, std::string_view(tag.key()))
      .bind(4, std::string_view(tag.value()))
      .run();
}

void insert(Connection& connection, const v1::LoggedModel& model) {
  const v1::LoggedModelInfo& info = model.info();
  const int64_t experiment_id = parse_experiment_id(info.experiment_id());
  auto statement = connection.prepare(
      "INSERT INTO logged_models(model_id, experiment_id, name, artifact_location, creation_timestamp_ms, "
      "last_updated_timestamp_ms, status, lifecycle_stage, model_type, source_run_id) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 'active', ?8, ?9)");
  statement.bind(1, std::string_view(info.model_id()))
      .bind(2, experiment_id)
      .bind(3, std::string_view(info.name()));
  statement.bind(4, std::string_view(info.artifact_uri())).bind(5, info.creation_timestamp_ms());
  statement.bind(6, info.last_updated_timestamp_ms()).bind(7, static_cast<int64_t>(info.status()));
  statement.bind(8, std::string_view(info.model_type())).bind(9, std::string_view(info.source_run_id()));
  statement.run();
  for (const auto& param : model.data().params())
    write_param(connection, info.model_id(), experiment_id, param);
  for (const auto& tag : info.tags()) write_tag(connection, info.model_id(), experiment_id, tag);
}

v1::LoggedModel load(Connection& connection, const std::string& model_id, bool allow_deleted) {
  auto row = connection.prepare(std::string("SELECT ") + kLoggedModelColumns +
                                " FROM logged_models m WHERE m.model_id = ?1");
  row.bind(1, std::string_view(model_id));
  if (!row.step() || (!allow_deleted && row.text(kLifecycleStageColumn) == "deleted"))
    throw_no_model(model_id);
  v1::LoggedModel model;
  read_logged_model(connection, row, model);
  return model;
}

void delete_tag(Connection& connection, const std::string& model_id, const std::string& key) {
  connection.prepare("DELETE FROM logged_model_tags WHERE model_id = ?1 AND tag_key = ?2")
      .bind(1, std::string_view(model_id))
      .bind(2, std::string_view(key))
      .run();
  if (connection.changes() > 0) return;
  throw_not_found("No tag with key '" + key + "' found for model with ID '" + model_id + "'.");
}

// A param of a logged model never changes, as the primary key says; the same value again is no conflict.
void refuse_changed_params(Connection& connection, const LoggedModelChanges& changes) {
  for (const auto& param : changes.add_params()) {
    auto row = connection.prepare(
        "SELECT param_value FROM logged_model_params WHERE model_id = ?1 AND param_key = ?2");
    row.bind(1, std::string_view(changes.model_id())).bind(2, std::string_view(param.key()));
    if (!row.step()) continue;
    throw_invalid_parameter("Logged model '" + changes.model_id() + "' has a param '" + param.key() +
                            "' already, with value '" + std::string(row.text(0)) +
                            "'; params cannot be changed.");
  }
}

v1::LoggedModel apply(Connection& connection, const LoggedModelChanges& changes) {
  const std::string_view id = changes.model_id();
  const int64_t experiment_id = experiment_of(connection, id);
  refuse_changed_params(connection, changes);
  for (const auto& param : changes.add_params()) write_param(connection, id, experiment_id, param);
  for (const auto& tag : changes.set_tags()) write_tag(connection, id, experiment_id, tag);
  for (const auto& key : changes.delete_tags()) delete_tag(connection, changes.model_id(), key);
  if (changes.has_status() || changes.has_lifecycle_stage()) {
    connection.prepare("UPDATE logged_models SET last_updated_timestamp_ms = ?1 WHERE model_id = ?2")
        .bind(1, changes.update_time())
        .bind(2, id)
        .run();
  }
  if (changes.has_status()) {
    connection.prepare("UPDATE logged_models SET status = ?1 WHERE model_id = ?2")
        .bind(1, static_cast<int64_t>(changes.status()))
        .bind(2, id)
        .run();
  }
  if (changes.has_lifecycle_stage()) {
    connection.prepare("UPDATE logged_models SET lifecycle_stage = ?1 WHERE model_id = ?2")
        .bind(1, std::string_view(changes.lifecycle_stage()))
        .bind(2, id)
        .run();
  }
  return load(connection, changes.model_id(), true);
}

}  // namespace

v1::plugin::Done SqlTrackingStore::create_logged_model(const CallContext&, const v1::LoggedModel& request) {
  database_->writer().run([&](Connection& connection) { insert(connection, request); });
  return {};
}

v1::LoggedModel SqlTrackingStore::get_logged_model(const CallContext&,
                                                   const v1::plugin::LoggedModelLookup& request) {
  return database_->readers().read(
      [&](Connection& connection) { return load(connection, request.model_id(), request.allow_deleted()); });
}

v1::LoggedModel SqlTrackingStore::update_logged_model(const CallContext&, const LoggedModelChanges& request) {
  return database_->writer().call([&](Connection& connection) { return apply(connection, request); });
}

}  // namespace millrace::tracking
