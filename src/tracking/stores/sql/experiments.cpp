#include "base/error.h"
#include "base/uri.h"
#include "tracking/stores/sql/experiment_rows.h"
#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {
namespace {

using sql::Connection;

[[noreturn]] void throw_no_experiment(int64_t id) {
  throw_not_found("No Experiment with id=" + std::to_string(id) + " exists");
}

// Throws unless the experiment is there and in the stage.
void require_stage(Connection& connection, int64_t id, std::string_view stage) {
  auto row = connection.prepare("SELECT lifecycle_stage FROM experiments WHERE experiment_id = ?1");
  if (!row.bind(1, id).step()) throw_no_experiment(id);
  if (stage.empty() || row.text(0) == stage) return;
  throw Error(ErrorCode::kInvalidState, "The experiment " + std::to_string(id) + " must be in the '" +
                                            std::string(stage) + "' state. Current state is " +
                                            std::string(row.text(0)) + ".");
}

void refuse_taken_name(Connection& connection, const std::string& name) {
  auto row =
      connection.prepare("SELECT lifecycle_stage FROM experiments WHERE workspace = 'default' AND name = ?1");
  if (!row.bind(1, std::string_view(name)).step()) return;
  const std::string hint =
      row.text(0) == "deleted" ? " It is deleted; restore it or remove it for good to use the name." : "";
  throw Error(ErrorCode::kResourceAlreadyExists, "Experiment(name=" + name + ") already exists." + hint);
}

void write_tag(Connection& connection, int64_t id, std::string_view key, std::string_view value) {
  connection
      .prepare(
          "INSERT INTO experiment_tags(experiment_id, key, value) VALUES(?1, ?2, ?3) "
          "ON CONFLICT(key, experiment_id) DO UPDATE SET value = excluded.value")
      .bind(1, id)
      .bind(2, key)
      .bind(3, value)
      .run();
}

v1::Experiment load(Connection& connection, int64_t id) {
  auto row = connection.prepare(std::string("SELECT ") + kExperimentColumns +
                                " FROM experiments e WHERE e.experiment_id = ?1");
  if (!row.bind(1, id).step()) throw_no_experiment(id);
  v1::Experiment experiment;
  read_experiment(connection, row, experiment);
  return experiment;
}

int64_t insert_row(Connection& connection, const v1::plugin::NewExperiment& request) {
  auto row = connection.prepare(
      "INSERT INTO experiments(name, artifact_location, lifecycle_stage, creation_time, last_update_time, "
      "workspace) VALUES(?1, ?2, 'active', ?3, ?3, 'default') RETURNING experiment_id");
  row.bind(1, std::string_view(request.name()));
  row.bind(2, std::string_view(request.artifact_location())).bind(3, request.creation_time()).step();
  return row.integer(0);
}

v1::Experiment insert(Connection& connection, const v1::plugin::NewExperiment& request) {
  refuse_taken_name(connection, request.name());
  const int64_t id = insert_row(connection, request);
  if (request.artifact_location().empty()) {
    const std::string location = append_to_uri_path(request.artifact_root(), std::to_string(id));
    connection.prepare("UPDATE experiments SET artifact_location = ?1 WHERE experiment_id = ?2")
        .bind(1, std::string_view(location))
        .bind(2, id)
        .run();
  }
  for (const auto& tag : request.tags()) write_tag(connection, id, tag.key(), tag.value());
  return load(connection, id);
}

// Deleting or restoring an experiment takes its runs along.
void change_stage(Connection& connection, int64_t id, const v1::plugin::ExperimentChanges& changes) {
  connection.prepare("UPDATE experiments SET lifecycle_stage = ?1 WHERE experiment_id = ?2")
      .bind(1, std::string_view(changes.lifecycle_stage()))
      .bind(2, id)
      .run();
  auto runs =
      connection.prepare("UPDATE runs SET lifecycle_stage = ?1, deleted_time = ?2 WHERE experiment_id = ?3");
  runs.bind(1, std::string_view(changes.lifecycle_stage())).bind(3, id);
  if (changes.lifecycle_stage() == "deleted") runs.bind(2, changes.update_time());
  runs.run();
}

void apply(Connection& connection, const v1::plugin::ExperimentChanges& changes) {
  const int64_t id = parse_experiment_id(changes.experiment_id());
  require_stage(connection, id, changes.required_stage());
  if (changes.has_name() && load(connection, id).name() != changes.name())
    refuse_taken_name(connection, changes.name());
  connection.prepare("UPDATE experiments SET last_update_time = ?1 WHERE experiment_id = ?2")
      .bind(1, changes.update_time())
      .bind(2, id)
      .run();
  if (changes.has_name()) {
    connection.prepare("UPDATE experiments SET name = ?1 WHERE experiment_id = ?2")
        .bind(1, std::string_view(changes.name()))
        .bind(2, id)
        .run();
  }
  if (changes.has_lifecycle_stage()) change_stage(connection, id, changes);
}

}  // namespace

v1::Experiment SqlTrackingStore::create_experiment(const CallContext&,
                                                   const v1::plugin::NewExperiment& request) {
  return database_->writer().call([&](Connection& connection) { return insert(connection, request); });
}

v1::Experiment SqlTrackingStore::get_experiment(const CallContext&,
                                                const v1::plugin::ExperimentLookup& request) {
  return database_->readers().read([&](Connection& connection) {
    if (request.by_case() != v1::plugin::ExperimentLookup::kName) {
      return load(connection, parse_experiment_id(request.experiment_id()));
    }
    auto row = connection.prepare(std::string("SELECT ") + kExperimentColumns +
                                  " FROM experiments e WHERE workspace = 'default' AND name = ?1");
    if (!row.bind(1, std::string_view(request.name())).step()) {
      throw_not_found("Could not find experiment with name '" + request.name() + "'");
    }
    v1::Experiment experiment;
    read_experiment(connection, row, experiment);
    return experiment;
  });
}

v1::plugin::Done SqlTrackingStore::update_experiment(const CallContext&,
                                                     const v1::plugin::ExperimentChanges& request) {
  database_->writer().run([&](Connection& connection) { apply(connection, request); });
  return {};
}

v1::plugin::Done SqlTrackingStore::set_experiment_tag(const CallContext&,
                                                      const v1::plugin::ExperimentTagWrite& request) {
  database_->writer().run([&](Connection& connection) {
    const int64_t id = parse_experiment_id(request.experiment_id());
    require_stage(connection, id, "active");
    write_tag(connection, id, request.key(), request.value());
  });
  return {};
}

v1::plugin::Done SqlTrackingStore::delete_experiment_tag(const CallContext&,
                                                         const v1::plugin::ExperimentTagKey& request) {
  database_->writer().run([&](Connection& connection) {
    const int64_t id = parse_experiment_id(request.experiment_id());
    require_stage(connection, id, "active");
    connection.prepare("DELETE FROM experiment_tags WHERE experiment_id = ?1 AND key = ?2")
        .bind(1, id)
        .bind(2, std::string_view(request.key()))
        .run();
    if (connection.changes() == 0) {
      throw_not_found("No tag with name: " + request.key() + " in experiment with id " +
                      request.experiment_id());
    }
  });
  return {};
}

}  // namespace millrace::tracking
