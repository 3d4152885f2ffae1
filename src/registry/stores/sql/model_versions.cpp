#include "registry/stores/sql/rows.h"
#include "registry/stores/sql/sql_registry_store.h"

namespace millrace::registry {
namespace {

using sql::Connection;
using v1::plugin::Done;
using v1::plugin::ModelVersionDeletion;
using v1::plugin::ModelVersionDescription;
using v1::plugin::NewModelVersion;
using v1::plugin::StageTransition;

// Deleted versions keep their rows, so the greatest number is that of all that ever were.
int64_t next_number(Connection& connection, std::string_view name) {
  auto row =
      connection.prepare("SELECT MAX(version) FROM model_versions WHERE workspace = 'default' AND name = ?1");
  row.bind(1, name).step();
  return row.integer(0) + 1;
}

void write_tag(Connection& connection, std::string_view name, int64_t version, std::string_view key,
               std::string_view value) {
  connection
      .prepare(
          "INSERT INTO model_version_tags(workspace, name, version, key, value) "
          "VALUES('default', ?1, ?2, ?3, ?4) "
          "ON CONFLICT(workspace, key, name, version) DO UPDATE SET value = excluded.value")
      .bind(1, name)
      .bind(2, version)
      .bind(3, key)
      .bind(4, value)
      .run();
}

void insert_row(Connection& connection, int64_t number, const NewModelVersion& version) {
  auto statement = connection.prepare(
      "INSERT INTO model_versions(workspace, name, version, creation_time, last_updated_time, description, "
      "current_stage, source, storage_location, run_id, run_link, status) "
      "VALUES('default', ?1, ?2, ?3, ?3, ?4, 'None', ?5, ?6, ?7, ?8, 'READY')");
  statement.bind(1, std::string_view(version.name())).bind(2, number).bind(3, version.creation_time());
  if (version.has_description()) statement.bind(4, std::string_view(version.description()));
  statement.bind(5, std::string_view(version.source()));
  statement.bind(6, std::string_view(version.storage_location()));
  statement.bind(7, std::string_view(version.run_id()));
  statement.bind(8, std::string_view(version.run_link()));
  statement.run();
}

v1::ModelVersion insert(Connection& connection, const NewModelVersion& version) {
  lock_registered_model(connection, version.name());
  const int64_t number = next_number(connection, version.name());
  insert_row(connection, number, version);
  for (const auto& tag : version.tags())
    write_tag(connection, version.name(), number, tag.key(), tag.value());
  touch_registered_model(connection, version.name(), version.creation_time());
  return load_model_version(connection, version.name(), number);
}

v1::ModelVersion describe(Connection& connection, const ModelVersionDescription& change) {
  require_model_version(connection, change.name(), change.version());
  auto statement = connection.prepare(
      "UPDATE model_versions SET description = ?1, last_updated_time = ?2 WHERE workspace = 'default' AND "
      "name = ?3 AND version = ?4");
  if (change.has_description()) statement.bind(1, std::string_view(change.description()));
  statement.bind(2, change.update_time()).bind(3, std::string_view(change.name())).bind(4, change.version());
  statement.run();
  return load_model_version(connection, change.name(), change.version());
}

// What the version said is taken out of its row, with the marks that the reference writes.
void remove(Connection& connection, const ModelVersionDeletion& deletion) {
  const std::string_view name = deletion.name();
  lock_model_version(connection, name, deletion.version());
  connection
      .prepare(
          "DELETE FROM registered_model_aliases WHERE workspace = 'default' AND name = ?1 AND version = ?2")
      .bind(1, name)
      .bind(2, deletion.version())
      .run();
  connection
      .prepare(
          "UPDATE model_versions SET current_stage = ?1, last_updated_time = ?2, description = NULL, "
          "user_id = NULL, source = 'REDACTED-SOURCE-PATH', run_id = 'REDACTED-RUN-ID', "
          "run_link = 'REDACTED-RUN-LINK', status_message = NULL "
          "WHERE workspace = 'default' AND name = ?3 AND version = ?4")
      .bind(1, kDeletedStage)
      .bind(2, deletion.update_time())
      .bind(3, name)
      .bind(4, deletion.version())
      .run();
  touch_registered_model(connection, name, deletion.update_time());
}

void archive_others(Connection& connection, const StageTransition& transition) {
  connection
      .prepare(
          "UPDATE model_versions SET current_stage = 'Archived', last_updated_time = ?1 "
          "WHERE workspace = 'default' AND name = ?2 AND current_stage = ?3 AND version <> ?4")
      .bind(1, transition.update_time())
      .bind(2, std::string_view(transition.name()))
      .bind(3, std::string_view(transition.stage()))
      .bind(4, transition.version())
      .run();
}

v1::ModelVersion move(Connection& connection, const StageTransition& transition) {
  lock_model_version(connection, transition.name(), transition.version());
  if (transition.archive_existing()) archive_others(connection, transition);
  connection
      .prepare(
          "UPDATE model_versions SET current_stage = ?1, last_updated_time = ?2 "
          "WHERE workspace = 'default' AND name = ?3 AND version = ?4")
      .bind(1, std::string_view(transition.stage()))
      .bind(2, transition.update_time())
      .bind(3, std::string_view(transition.name()))
      .bind(4, transition.version())
      .run();
  touch_registered_model(connection, transition.name(), transition.update_time());
  return load_model_version(connection, transition.name(), transition.version());
}

std::string location(Connection& connection, const v1::plugin::ModelVersionKey& key) {
  auto row = connection.prepare(
      "SELECT storage_location, source FROM model_versions WHERE workspace = 'default' AND name = ?1 AND "
      "version = ?2 AND current_stage <> ?3");
  row.bind(1, std::string_view(key.name())).bind(2, key.version()).bind(3, kDeletedStage);
  if (!row.step()) throw_no_version(key.name(), key.version());
  return std::string(row.text(row.text(0).empty() ? 1 : 0));
}

}  // namespace

v1::ModelVersion SqlRegistryStore::create_model_version(const CallContext&, const NewModelVersion& request) {
  return database_->writer().call([&](Connection& connection) { return insert(connection, request); });
}

v1::plugin::ModelVersionLocation SqlRegistryStore::get_model_version_location(
    const CallContext&, const v1::plugin::ModelVersionKey& request) {
  v1::plugin::ModelVersionLocation found;
  found.set_storage_location(
      database_->readers().read([&](Connection& connection) { return location(connection, request); }));
  return found;
}

v1::ModelVersion SqlRegistryStore::update_model_version(const CallContext&,
                                                        const ModelVersionDescription& request) {
  return database_->writer().call([&](Connection& connection) { return describe(connection, request); });
}

Done SqlRegistryStore::delete_model_version(const CallContext&, const ModelVersionDeletion& request) {
  database_->writer().run([&](Connection& connection) { remove(connection, request); });
  return {};
}

v1::ModelVersion SqlRegistryStore::transition_model_version_stage(const CallContext&,
                                                                  const StageTransition& request) {
  return database_->writer().call([&](Connection& connection) { return move(connection, request); });
}

Done SqlRegistryStore::set_model_version_tag(const CallContext&,
                                             const v1::plugin::ModelVersionTagWrite& request) {
  database_->writer().run([&](Connection& connection) {
    require_model_version(connection, request.name(), request.version());
    write_tag(connection, request.name(), request.version(), request.key(), request.value());
  });
  return {};
}

Done SqlRegistryStore::delete_model_version_tag(const CallContext&,
                                                const v1::plugin::ModelVersionTagKey& request) {
  database_->writer().run([&](Connection& connection) {
    require_model_version(connection, request.name(), request.version());
    connection
        .prepare(
            "DELETE FROM model_version_tags WHERE workspace = 'default' AND key = ?1 AND name = ?2 AND "
            "version = ?3")
        .bind(1, std::string_view(request.key()))
        .bind(2, std::string_view(request.name()))
        .bind(3, request.version())
        .run();
  });
  return {};
}

}  // namespace millrace::registry
