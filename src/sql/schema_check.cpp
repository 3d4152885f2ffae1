#include "sql/schema_check.h"

#include "base/clock.h"
#include "base/error.h"

namespace millrace::sql {

void refuse_other_revision(Connection& connection, const std::string& label) {
  auto row = connection.prepare("SELECT version_num FROM alembic_version");
  const std::string revision = row.step() ? std::string(row.text(0)) : "none";
  if (revision == kSchemaRevision) return;
  throw Error(ErrorCode::kInvalidState,
              "The " + label + " has schema revision " + revision + ", but this server knows revision " +
                  kSchemaRevision +
                  " (MLflow 3.17). Make a backup and bring it up with `millrace db upgrade URI`, "
                  "or use a server made for that revision.");
}

void refuse_unversioned_tables(const std::string& label) {
  throw Error(ErrorCode::kInvalidState, "The " + label +
                                            " has tables of MLflow but no schema revision; it is not a "
                                            "database that MLflow 1.0 or later made.");
}

void create_default_experiment(Connection& connection, std::string_view artifact_root) {
  if (artifact_root.empty() || connection.prepare("SELECT 1 FROM experiments LIMIT 1").step()) return;
  const std::string location = std::string(artifact_root) + (artifact_root.ends_with('/') ? "0" : "/0");
  connection
      .prepare(
          "INSERT INTO experiments(experiment_id, name, artifact_location, lifecycle_stage, creation_time, "
          "last_update_time, workspace) VALUES(0, 'Default', ?1, 'active', ?2, ?2, 'default')")
      .bind(1, location)
      .bind(2, unix_millis())
      .run();
}

}  // namespace millrace::sql
