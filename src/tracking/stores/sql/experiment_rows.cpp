#include "tracking/stores/sql/experiment_rows.h"

#include <unordered_map>
#include <vector>

#include "sql/read_pair.h"
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

void read_experiment_row(const sql::Statement& row, v1::Experiment& experiment) {
  experiment.set_experiment_id(std::string(row.text(0)));
  experiment.set_name(std::string(row.text(1)));
  experiment.set_artifact_location(std::string(row.text(2)));
  experiment.set_lifecycle_stage(std::string(row.text(3)));
  if (!row.is_null(4)) experiment.set_last_update_time(row.integer(4));
  if (!row.is_null(5)) experiment.set_creation_time(row.integer(5));
  experiment.set_workspace(std::string(row.text(6)));
}

void read_experiment(Connection& connection, const sql::Statement& row, v1::Experiment& experiment) {
  read_experiment_row(row, experiment);
  read_tags(connection, experiment);
}

void read_tags_together(Connection& connection,
                        google::protobuf::RepeatedPtrField<v1::Experiment>& experiments) {
  std::vector<int64_t> ids;
  std::unordered_map<int64_t, v1::Experiment*> by_id;
  for (v1::Experiment& experiment : experiments) {
    ids.push_back(parse_experiment_id(experiment.experiment_id()));
    by_id.emplace(ids.back(), &experiment);
  }
  auto rows = connection.prepare(
      "SELECT experiment_id, key, value FROM experiment_tags WHERE experiment_id = ANY(?1)");
  rows.bind_list(1, ids);
  while (rows.step()) sql::read_pair(rows, 1, *by_id.at(rows.integer(0))->add_tags());
}

}  // namespace millrace::tracking
