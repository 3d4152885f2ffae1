#include "tracking/stores/sql/experiment_rows.h"

#include "tracking/stores/sql/rows.h"

namespace millrace::tracking {
namespace {

using sql::Connection;

void read_tags(Connection& connection, v1::Experiment& experiment) {
  auto rows = connection.prepare("SELECT key, value FROM experiment_tags WHERE experiment_id = ?1");
  rows.bind(1, parse_experiment_id(experiment.experiment_id()));
  while (rows.step()) {
    v1::ExperimentTag& tag = *experiment.add_tags();
    tag.set_key(std::string(rows.text(0)));
    tag.set_value(std::string(rows.text(1)));
  }
}

}  // namespace

void read_experiment(Connection& connection, const sql::Statement& row, v1::Experiment& experiment) {
  experiment.set_experiment_id(std::string(row.text(0)));
  experiment.set_name(std::string(row.text(1)));
  experiment.set_artifact_location(std::string(row.text(2)));
  experiment.set_lifecycle_stage(std::string(row.text(3)));
  if (!row.is_null(4)) experiment.set_last_update_time(row.integer(4));
  if (!row.is_null(5)) experiment.set_creation_time(row.integer(5));
  experiment.set_workspace(std::string(row.text(6)));
  read_tags(connection, experiment);
}

}  // namespace millrace::tracking
