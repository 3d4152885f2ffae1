#include "sql/read_pair.h"
#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/runs_together.h"

namespace millrace::tracking {
namespace {

// What the first column of kDetails says of a row.
enum class Detail { kMetric, kParam, kTag, kDataset, kModel };

// All in one statement, since running one costs about as much as reading three rows. Of inputs and outputs,
// which most runs do not have, it tells only whether there are any.
constexpr std::string_view kDetails =
    "SELECT 0, key, value, is_nan, timestamp, step FROM latest_metrics "
    "INDEXED BY index_latest_metrics_run_uuid WHERE run_uuid = ?1 "
    "UNION ALL SELECT 1, key, value, NULL, NULL, NULL FROM params INDEXED BY index_params_run_uuid "
    "WHERE run_uuid = ?1 "
    "UNION ALL SELECT 2, key, value, NULL, NULL, NULL FROM tags INDEXED BY index_tags_run_uuid "
    "WHERE run_uuid = ?1 "
    "UNION ALL SELECT 3, NULL, NULL, NULL, NULL, NULL WHERE EXISTS (SELECT 1 FROM inputs "
    "WHERE destination_type = 'RUN' AND destination_id = ?1 AND source_type = 'DATASET') "
    "UNION ALL SELECT 4, NULL, NULL, NULL, NULL, NULL WHERE EXISTS (SELECT 1 FROM inputs "
    "WHERE source_type IN ('RUN_INPUT', 'RUN_OUTPUT') AND source_id = ?1)";

void read_metric(const sql::Statement& row, v1::Metric& metric) {
  metric.set_key(std::string(row.text(1)));
  metric.set_value(value_from(row.real(2), row.integer(3) != 0));
  metric.set_timestamp(row.integer(4));
  metric.set_step(row.integer(5));
}

void read_input_tags(sql::Connection& connection, std::string_view input_id, v1::DatasetInput& input) {
  auto rows = connection.prepare("SELECT name, value FROM input_tags WHERE input_uuid = ?1");
  rows.bind(1, input_id);
  while (rows.step()) sql::read_pair(rows, 0, *input.add_tags());
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

void read_run_details(sql::Connection& connection, v1::Run& run) {
  if (connection.is_remote()) {
    v1::Run* alone = &run;
    return read_details_together(connection, {&alone, 1});
  }
  v1::RunData& data = *run.mutable_data();
  run.mutable_inputs();
  run.mutable_outputs();
  auto row = connection.prepare(kDetails);
  row.bind(1, std::string_view(run.info().run_id()));
  while (row.step()) {
    switch (static_cast<Detail>(row.integer(0))) {
      case Detail::kMetric:
        read_metric(row, *data.add_metrics());
        break;
      case Detail::kParam:
        sql::read_pair(row, 1, *data.add_params());
        break;
      case Detail::kTag:
        sql::read_pair(row, 1, *data.add_tags());
        break;
      case Detail::kDataset:
        read_dataset_inputs(connection, run);
        break;
      case Detail::kModel:
        read_models(connection, run);
        break;
    }
  }
}

}  // namespace millrace::tracking
