#include "registry/stores/sql/rows.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "registry/stores/sql/models_together.h"
#include "sql/read_pair.h"

namespace millrace::registry {
namespace {

using sql::Connection;
using sql::Statement;

[[noreturn]] void throw_no_model(std::string_view name) {
  throw_not_found("Registered Model with name=" + std::string(name) + " not found");
}

std::string text_of(const Statement& row, int column) {
  return std::string(row.text(column));
}

void read_model_tags(Connection& connection, v1::RegisteredModel& model) {
  auto rows = connection.prepare(
      "SELECT key, value FROM registered_model_tags WHERE workspace = 'default' AND name = ?1 ORDER BY +key");
  rows.bind(1, std::string_view(model.name()));
  while (rows.step()) sql::read_pair(rows, 0, *model.add_tags());
}

void read_model_aliases(Connection& connection, v1::RegisteredModel& model) {
  auto rows = connection.prepare(
      "SELECT alias, version FROM registered_model_aliases WHERE workspace = 'default' AND name = ?1 "
      "ORDER BY alias");
  rows.bind(1, std::string_view(model.name()));
  while (rows.step()) {
    v1::RegisteredModelAlias& alias = *model.add_aliases();
    alias.set_alias(text_of(rows, 0));
    alias.set_version(text_of(rows, 1));
  }
}

void read_version_aliases(Connection& connection, int64_t number, v1::ModelVersion& version) {
  auto rows = connection.prepare(
      "SELECT alias FROM registered_model_aliases WHERE workspace = 'default' AND name = ?1 AND version = ?2 "
      "ORDER BY alias");
  rows.bind(1, std::string_view(version.name())).bind(2, number);
  while (rows.step()) version.add_aliases(text_of(rows, 0));
}

// One look into the index by stage for each; what a model has many of is never walked.
void read_latest_versions(Connection& connection, v1::RegisteredModel& model) {
  auto rows = connection.prepare(std::string("SELECT ") + kModelVersionColumns +
                                 " FROM model_versions v WHERE v.workspace = 'default' AND v.name = ?1 AND "
                                 "v.current_stage = ?2 ORDER BY v.version DESC LIMIT 1");
  for (const std::string_view stage : kStages) {
    rows.bind(1, std::string_view(model.name())).bind(2, stage);
    if (rows.step()) read_model_version(connection, rows, *model.add_latest_versions());
    rows.reset();
  }
  auto& versions = *model.mutable_latest_versions();
  std::sort(versions.begin(), versions.end(),
            [](const auto& a, const auto& b) { return number_of(a) < number_of(b); });
}

// Whoever had to wait for it has to look again. A database with one writer has nobody to wait for.
void lock_row(Connection& connection, std::string_view name) {
  connection
      .prepare(
          "UPDATE registered_models SET last_updated_time = last_updated_time WHERE workspace = 'default' "
          "AND name = ?1")
      .bind(1, name)
      .run();
}

}  // namespace

int64_t number_of(const v1::ModelVersion& version) {
  int64_t number = 0;
  std::from_chars(version.version().data(), version.version().data() + version.version().size(), number);
  return number;
}

void throw_no_version(std::string_view name, int64_t version) {
  throw_not_found("Model Version (name=" + std::string(name) + ", version=" + std::to_string(version) +
                  ") not found");
}

void read_model_row(const Statement& row, v1::RegisteredModel& model) {
  model.set_name(text_of(row, 0));
  if (!row.is_null(1)) model.set_creation_timestamp(row.integer(1));
  if (!row.is_null(2)) model.set_last_updated_timestamp(row.integer(2));
  if (!row.text(3).empty()) model.set_description(text_of(row, 3));
}

void read_registered_model(Connection& connection, const Statement& row, v1::RegisteredModel& model) {
  read_model_row(row, model);
  if (connection.is_remote()) {
    v1::RegisteredModel* alone = &model;
    return read_model_details_together(connection, {&alone, 1});
  }
  read_latest_versions(connection, model);
  read_model_tags(connection, model);
  read_model_aliases(connection, model);
}

void read_version_row(const Statement& row, v1::ModelVersion& version) {
  version.set_name(text_of(row, 0));
  version.set_version(text_of(row, 1));
  if (!row.is_null(2)) version.set_creation_timestamp(row.integer(2));
  if (!row.is_null(3)) version.set_last_updated_timestamp(row.integer(3));
  if (!row.is_null(4)) version.set_user_id(text_of(row, 4));
  if (!row.is_null(5)) version.set_current_stage(text_of(row, 5));
  if (!row.is_null(6)) version.set_description(text_of(row, 6));
  if (!row.is_null(7)) version.set_source(text_of(row, 7));
  if (!row.is_null(8)) version.set_run_id(text_of(row, 8));
  v1::ModelVersionStatus status = v1::READY;
  if (v1::ModelVersionStatus_Parse(text_of(row, 9), &status)) version.set_status(status);
  if (!row.text(10).empty()) version.set_status_message(text_of(row, 10));
  if (!row.is_null(11)) version.set_run_link(text_of(row, 11));
}

void read_model_version(Connection& connection, const Statement& row, v1::ModelVersion& version) {
  read_version_row(row, version);
  auto tags = connection.prepare(
      "SELECT key, value FROM model_version_tags WHERE workspace = 'default' AND name = ?1 AND version = ?2 "
      "ORDER BY +key");
  tags.bind(1, std::string_view(version.name())).bind(2, row.integer(1));
  while (tags.step()) sql::read_pair(tags, 0, *version.add_tags());
}

v1::RegisteredModel load_registered_model(Connection& connection, std::string_view name) {
  auto row = connection.prepare(std::string("SELECT ") + kRegisteredModelColumns +
                                " FROM registered_models m WHERE m.workspace = 'default' AND m.name = ?1");
  if (!row.bind(1, name).step()) throw_no_model(name);
  v1::RegisteredModel model;
  read_registered_model(connection, row, model);
  return model;
}

v1::ModelVersion load_model_version(Connection& connection, std::string_view name, int64_t version) {
  auto row = connection.prepare(std::string("SELECT ") + kModelVersionColumns +
                                " FROM model_versions v WHERE v.workspace = 'default' AND v.name = ?1 AND "
                                "v.version = ?2 AND v.current_stage <> ?3");
  if (!row.bind(1, name).bind(2, version).bind(3, kDeletedStage).step()) throw_no_version(name, version);
  v1::ModelVersion found;
  read_model_version(connection, row, found);
  read_version_aliases(connection, version, found);
  return found;
}

bool has_registered_model(Connection& connection, std::string_view name) {
  auto row = connection.prepare("SELECT 1 FROM registered_models WHERE workspace = 'default' AND name = ?1");
  return row.bind(1, name).step();
}

void require_registered_model(Connection& connection, std::string_view name) {
  if (!has_registered_model(connection, name)) throw_no_model(name);
}

void require_model_version(Connection& connection, std::string_view name, int64_t version) {
  auto row = connection.prepare(
      "SELECT 1 FROM model_versions WHERE workspace = 'default' AND name = ?1 AND version = ?2 AND "
      "current_stage <> ?3");
  if (!row.bind(1, name).bind(2, version).bind(3, kDeletedStage).step()) throw_no_version(name, version);
}

void lock_registered_model(Connection& connection, std::string_view name) {
  require_registered_model(connection, name);
  if (!connection.is_remote()) return;
  lock_row(connection, name);
  require_registered_model(connection, name);
}

void lock_model_version(Connection& connection, std::string_view name, int64_t version) {
  require_model_version(connection, name, version);
  if (!connection.is_remote()) return;
  lock_row(connection, name);
  require_model_version(connection, name, version);
}

void touch_registered_model(Connection& connection, std::string_view name, int64_t time) {
  connection
      .prepare(
          "UPDATE registered_models SET last_updated_time = ?1 WHERE workspace = 'default' AND name = ?2")
      .bind(1, time)
      .bind(2, name)
      .run();
}

}  // namespace millrace::registry
