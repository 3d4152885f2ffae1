#include "base/error.h"
#include "base/uri.h"
#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/run_tags.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {
namespace {

using sql::Connection;

// The location of an active experiment's artifacts.
std::string require_artifact_location(Connection& connection, int64_t experiment_id) {
  auto row = connection.prepare(
      "SELECT artifact_location, lifecycle_stage FROM experiments WHERE experiment_id = ?1");
  if (!row.bind(1, experiment_id).step()) {
    throw_not_found("No Experiment with id=" + std::to_string(experiment_id) + " exists");
  }
  if (row.text(1) != "active") {
    throw Error(ErrorCode::kInvalidState, "The experiment " + std::to_string(experiment_id) +
                                              " must be in the 'active' state. Current state is " +
                                              std::string(row.text(1)) + ".");
  }
  return std::string(row.text(0));
}

v1::Run load(Connection& connection, const std::string& run_id, bool info_only) {
  v1::Run run;
  if (!read_run_info(connection, run_id, *run.mutable_info()))
    throw_not_found("Run with id=" + run_id + " not found");
  if (!info_only) read_run_details(connection, run);
  return run;
}

v1::Run insert(Connection& connection, const v1::plugin::NewRun& request) {
  const v1::RunInfo& info = request.info();
  const int64_t experiment_id = parse_experiment_id(info.experiment_id());
  const std::string artifact_uri =
      append_to_uri_path(require_artifact_location(connection, experiment_id), info.run_id() + "/artifacts");
  connection
      .prepare(
          "INSERT INTO runs(run_uuid, name, source_type, source_name, entry_point_name, user_id, status, "
          "start_time, source_version, lifecycle_stage, artifact_uri, experiment_id) "
          "VALUES(?1, ?2, 'UNKNOWN', '', '', ?3, ?4, ?5, '', 'active', ?6, ?7)")
      .bind(1, std::string_view(info.run_id()))
      .bind(2, std::string_view(info.run_name()))
      .bind(3, std::string_view(info.user_id()))
      .bind(4, std::string_view(v1::RunStatus_Name(info.status())))
      .bind(5, info.start_time())
      .bind(6, std::string_view(artifact_uri))
      .bind(7, experiment_id)
      .run();
  for (const auto& tag : request.tags()) write_run_tag(connection, info.run_id(), tag.key(), tag.value());
  v1::Run run;
  *run.mutable_info() = info;
  run.mutable_info()->set_artifact_uri(artifact_uri);
  *run.mutable_data()->mutable_tags() = request.tags();
  run.mutable_inputs();
  return run;
}

void change_stage(Connection& connection, const v1::plugin::RunChanges& changes) {
  auto update =
      connection.prepare("UPDATE runs SET lifecycle_stage = ?1, deleted_time = ?2 WHERE run_uuid = ?3");
  update.bind(1, std::string_view(changes.lifecycle_stage())).bind(3, std::string_view(changes.run_id()));
  if (changes.lifecycle_stage() == "deleted") update.bind(2, changes.update_time());
  update.run();
}

v1::RunInfo apply(Connection& connection, const v1::plugin::RunChanges& changes) {
  const std::string_view id = changes.run_id();
  require_run(connection, id, changes.required_stage());
  if (changes.has_status()) {
    const std::string& status = v1::RunStatus_Name(changes.status());
    connection.prepare("UPDATE runs SET status = ?1 WHERE run_uuid = ?2")
        .bind(1, std::string_view(status))
        .bind(2, id)
        .run();
  }
  if (changes.has_end_time()) {
    connection.prepare("UPDATE runs SET end_time = ?1 WHERE run_uuid = ?2")
        .bind(1, changes.end_time())
        .bind(2, id)
        .run();
  }
  if (changes.has_run_name()) rename_run(connection, id, changes.run_name());
  if (changes.has_lifecycle_stage()) change_stage(connection, changes);
  return load(connection, changes.run_id(), true).info();
}

}  // namespace

v1::Run SqlTrackingStore::create_run(const CallContext&, const v1::plugin::NewRun& request) {
  return database_->writer().call([&](Connection& connection) { return insert(connection, request); });
}

v1::Run SqlTrackingStore::get_run(const CallContext&, const v1::plugin::RunLookup& request) {
  return database_->readers().read(
      [&](Connection& connection) { return load(connection, request.run_id(), request.info_only()); });
}

v1::RunInfo SqlTrackingStore::update_run(const CallContext&, const v1::plugin::RunChanges& request) {
  return database_->writer().call([&](Connection& connection) { return apply(connection, request); });
}

v1::plugin::Done SqlTrackingStore::delete_run_tag(const CallContext&, const v1::plugin::RunTagKey& request) {
  database_->writer().run([&](Connection& connection) {
    require_run(connection, request.run_id(), "active");
    connection.prepare("DELETE FROM tags WHERE run_uuid = ?1 AND key = ?2")
        .bind(1, std::string_view(request.run_id()))
        .bind(2, std::string_view(request.key()))
        .run();
    if (connection.changes() == 0) {
      throw_not_found("No tag with name: " + request.key() + " in run with id " + request.run_id());
    }
  });
  return {};
}

}  // namespace millrace::tracking
