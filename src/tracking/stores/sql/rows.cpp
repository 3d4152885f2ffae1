#include "tracking/stores/sql/rows.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace millrace::tracking {
namespace {

constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

void read_metrics(sql::Connection& connection, v1::Run& run) {
  auto rows = connection.prepare(
      "SELECT key, value, is_nan, timestamp, step FROM latest_metrics INDEXED BY "
      "index_latest_metrics_run_uuid "
      "WHERE run_uuid = ?1");
  rows.bind(1, std::string_view(run.info().run_id()));
  while (rows.step()) {
    v1::Metric& metric = *run.mutable_data()->add_metrics();
    metric.set_key(std::string(rows.text(0)));
    metric.set_value(value_from(rows.real(1), rows.integer(2) != 0));
    metric.set_timestamp(rows.integer(3));
    metric.set_step(rows.integer(4));
  }
}

void read_params(sql::Connection& connection, v1::Run& run) {
  auto rows = connection.prepare(
      "SELECT key, value FROM params INDEXED BY index_params_run_uuid WHERE run_uuid = ?1");
  rows.bind(1, std::string_view(run.info().run_id()));
  while (rows.step()) {
    v1::Param& param = *run.mutable_data()->add_params();
    param.set_key(std::string(rows.text(0)));
    param.set_value(std::string(rows.text(1)));
  }
}

void read_tags(sql::Connection& connection, v1::Run& run) {
  auto rows =
      connection.prepare("SELECT key, value FROM tags INDEXED BY index_tags_run_uuid WHERE run_uuid = ?1");
  rows.bind(1, std::string_view(run.info().run_id()));
  while (rows.step()) {
    v1::RunTag& tag = *run.mutable_data()->add_tags();
    tag.set_key(std::string(rows.text(0)));
    tag.set_value(std::string(rows.text(1)));
  }
}

void read_input_tags(sql::Connection& connection, std::string_view input_id, v1::DatasetInput& input) {
  auto rows = connection.prepare("SELECT name, value FROM input_tags WHERE input_uuid = ?1");
  rows.bind(1, input_id);
  while (rows.step()) {
    v1::InputTag& tag = *input.add_tags();
    tag.set_key(std::string(rows.text(0)));
    tag.set_value(std::string(rows.text(1)));
  }
}

void read_dataset_inputs(sql::Connection& connection, v1::Run& run) {
  auto rows = connection.prepare(
      "SELECT i.input_uuid, d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema, "
      "d.dataset_profile FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id "
      "WHERE i.destination_type = 'RUN' AND i.destination_id = ?1 AND i.source_type = 'DATASET' ORDER BY "
      "i.rowid");
  rows.bind(1, std::string_view(run.info().run_id()));
  while (rows.step()) {
    v1::DatasetInput& input = *run.mutable_inputs()->add_dataset_inputs();
    read_input_tags(connection, rows.text(0), input);
    v1::Dataset& dataset = *input.mutable_dataset();
    dataset.set_name(std::string(rows.text(1)));
    dataset.set_digest(std::string(rows.text(2)));
    dataset.set_source_type(std::string(rows.text(3)));
    dataset.set_source(std::string(rows.text(4)));
    if (!rows.is_null(5)) dataset.set_schema(std::string(rows.text(5)));
    if (!rows.is_null(6)) dataset.set_profile(std::string(rows.text(6)));
  }
}

void read_models(sql::Connection& connection, v1::Run& run) {
  auto rows = connection.prepare(
      "SELECT source_type, destination_id, step FROM inputs WHERE source_type IN ('RUN_INPUT', 'RUN_OUTPUT') "
      "AND source_id = ?1 AND destination_type IN ('MODEL_INPUT', 'MODEL_OUTPUT') ORDER BY rowid");
  rows.bind(1, std::string_view(run.info().run_id()));
  while (rows.step()) {
    if (rows.text(0) == "RUN_INPUT") {
      run.mutable_inputs()->add_model_inputs()->set_model_id(std::string(rows.text(1)));
    } else {
      v1::ModelOutput& output = *run.mutable_outputs()->add_model_outputs();
      output.set_model_id(std::string(rows.text(1)));
      output.set_step(rows.integer(2));
    }
  }
}

}  // namespace

int64_t parse_experiment_id(std::string_view id) {
  int64_t number = 0;
  const auto [end, fault] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (fault != std::errc() || end != id.data() + id.size() || id.empty()) {
    throw_invalid_parameter("Invalid experiment ID '" + std::string(id) +
                            "'. Experiment ID must be a valid integer.");
  }
  return number;
}

StoredValue stored_value(double value) {
  if (std::isnan(value)) return {0, true};
  if (std::isinf(value)) return {value > 0 ? kLargest : -kLargest, false};
  return {value, false};
}

double value_from(double stored, bool is_nan) {
  if (is_nan) return std::numeric_limits<double>::quiet_NaN();
  if (stored >= kLargest) return kInfinity;
  if (stored <= -kLargest) return -kInfinity;
  return stored;
}

RunState find_run(sql::Connection& connection, std::string_view run_id) {
  auto row = connection.prepare("SELECT experiment_id, lifecycle_stage FROM runs WHERE run_uuid = ?1");
  if (!row.bind(1, run_id).step()) throw_not_found("Run with id=" + std::string(run_id) + " not found");
  return {row.integer(0), std::string(row.text(1))};
}

RunState require_run(sql::Connection& connection, std::string_view run_id, std::string_view required_stage) {
  RunState state = find_run(connection, run_id);
  if (!required_stage.empty() && state.stage != required_stage) {
    throw Error(ErrorCode::kInvalidState, "The run " + std::string(run_id) + " must be in the '" +
                                              std::string(required_stage) + "' state. Current state is " +
                                              state.stage + ".");
  }
  return state;
}

void read_run_info(const sql::Statement& row, v1::RunInfo& info) {
  info.set_run_id(std::string(row.text(0)));
  info.set_run_uuid(info.run_id());
  info.set_run_name(std::string(row.text(1)));
  info.set_experiment_id(std::string(row.text(2)));
  info.set_user_id(std::string(row.text(3)));
  v1::RunStatus status = v1::RUNNING;
  v1::RunStatus_Parse(std::string(row.text(4)), &status);
  info.set_status(status);
  if (!row.is_null(5)) info.set_start_time(row.integer(5));
  if (!row.is_null(6)) info.set_end_time(row.integer(6));
  info.set_artifact_uri(std::string(row.text(7)));
  info.set_lifecycle_stage(std::string(row.text(8)));
}

void read_run_details(sql::Connection& connection, v1::Run& run) {
  run.mutable_data();
  run.mutable_inputs();
  run.mutable_outputs();
  read_metrics(connection, run);
  read_params(connection, run);
  read_tags(connection, run);
  read_dataset_inputs(connection, run);
  read_models(connection, run);
}

std::string integer_list(const google::protobuf::RepeatedPtrField<std::string>& ids) {
  std::string list = "(";
  for (const std::string& id : ids) {
    if (list.size() > 1) list += ',';
    list += std::to_string(parse_experiment_id(id));
  }
  return list + ")";
}

}  // namespace millrace::tracking
