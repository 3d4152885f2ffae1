#include "tracking/stores/sql/runs_together.h"

#include <string>
#include <unordered_map>

#include "sql/read_pair.h"
#include "tracking/stores/sql/rows.h"

namespace millrace::tracking {
namespace {

using sql::Connection;
using sql::Statement;
using Ids = std::vector<std::string_view>;

constexpr std::string_view kMetrics =
    "SELECT run_uuid, key, value, is_nan, timestamp, step FROM latest_metrics WHERE run_uuid = ANY(?1)";
constexpr std::string_view kParams = "SELECT run_uuid, key, value FROM params WHERE run_uuid = ANY(?1)";
constexpr std::string_view kTags = "SELECT run_uuid, key, value FROM tags WHERE run_uuid = ANY(?1)";
constexpr std::string_view kDatasets =
    "SELECT i.destination_id, i.input_uuid, d.name, d.digest, d.dataset_source_type, d.dataset_source, "
    "d.dataset_schema, d.dataset_profile FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id "
    "WHERE i.destination_type = 'RUN' AND i.source_type = 'DATASET' AND i.destination_id = ANY(?1) "
    "ORDER BY i.rowid";
constexpr std::string_view kModels =
    "SELECT source_id, source_type, destination_id, step FROM inputs WHERE source_type IN ('RUN_INPUT', "
    "'RUN_OUTPUT') AND source_id = ANY(?1) AND destination_type IN ('MODEL_INPUT', 'MODEL_OUTPUT') "
    "ORDER BY rowid";

// A query for rows of the runs with these ids, on its way.
Statement ask(Connection& connection, std::string_view select, const Ids& ids) {
  Statement statement = connection.prepare(select);
  statement.bind_list(1, ids);
  statement.send();
  return statement;
}

// Reads what tables hold of runs. All queries are sent at once; the first column of each is the run's id.
class DetailReader {
 public:
  DetailReader(Connection& connection, const Ids& ids)
      : connection_(connection),
        metrics_(ask(connection, kMetrics, ids)),
        params_(ask(connection, kParams, ids)),
        tags_(ask(connection, kTags, ids)),
        datasets_(ask(connection, kDatasets, ids)),
        models_(ask(connection, kModels, ids)) {}

  void read(std::span<v1::Run* const> runs) {
    for (v1::Run* run : runs) {
      runs_.emplace(run->info().run_id(), run);
      run->mutable_data();
      run->mutable_inputs();
      run->mutable_outputs();
    }
    take(metrics_, [](const Statement& row, v1::Run& run) {
      v1::Metric& metric = *run.mutable_data()->add_metrics();
      metric.set_key(std::string(row.text(1)));
      metric.set_value(value_from(row.real(2), row.integer(3) != 0));
      metric.set_timestamp(row.integer(4));
      metric.set_step(row.integer(5));
    });
    take(params_, [](const Statement& row, v1::Run& run) {
      sql::read_pair(row, 1, *run.mutable_data()->add_params());
    });
    take(tags_,
         [](const Statement& row, v1::Run& run) { sql::read_pair(row, 1, *run.mutable_data()->add_tags()); });
    read_datasets();
    read_models();
  }

 private:
  template <typename Take>
  void take(Statement& rows, Take take_row) {
    while (rows.step()) {
      const auto run = runs_.find(rows.text(0));
      if (run != runs_.end()) take_row(rows, *run->second);
    }
  }

  void read_datasets() {
    std::vector<std::string> input_ids;
    std::vector<v1::DatasetInput*> inputs;
    take(datasets_, [&](const Statement& row, v1::Run& run) {
      inputs.push_back(run.mutable_inputs()->add_dataset_inputs());
      input_ids.emplace_back(row.text(1));
      read_dataset(row, *inputs.back()->mutable_dataset());
    });
    if (!inputs.empty()) read_input_tags(input_ids, inputs);
  }

  static void read_dataset(const Statement& row, v1::Dataset& dataset) {
    dataset.set_name(std::string(row.text(2)));
    dataset.set_digest(std::string(row.text(3)));
    dataset.set_source_type(std::string(row.text(4)));
    dataset.set_source(std::string(row.text(5)));
    if (!row.is_null(6)) dataset.set_schema(std::string(row.text(6)));
    if (!row.is_null(7)) dataset.set_profile(std::string(row.text(7)));
  }

  void read_input_tags(const std::vector<std::string>& input_ids,
                       const std::vector<v1::DatasetInput*>& inputs) {
    std::unordered_map<std::string_view, v1::DatasetInput*> by_id;
    for (size_t i = 0; i < inputs.size(); ++i) by_id.emplace(input_ids[i], inputs[i]);
    auto row =
        connection_.prepare("SELECT input_uuid, name, value FROM input_tags WHERE input_uuid = ANY(?1)");
    row.bind_list(1, Ids(input_ids.begin(), input_ids.end()));
    while (row.step()) sql::read_pair(row, 1, *by_id.at(row.text(0))->add_tags());
  }

  void read_models() {
    take(models_, [](const Statement& row, v1::Run& run) {
      if (row.text(1) == "RUN_INPUT") {
        run.mutable_inputs()->add_model_inputs()->set_model_id(std::string(row.text(2)));
        return;
      }
      v1::ModelOutput& output = *run.mutable_outputs()->add_model_outputs();
      output.set_model_id(std::string(row.text(2)));
      output.set_step(row.integer(3));
    });
  }

  Connection& connection_;
  Statement metrics_;
  Statement params_;
  Statement tags_;
  Statement datasets_;
  Statement models_;
  std::unordered_map<std::string_view, v1::Run*> runs_;
};

}  // namespace

void read_details_together(Connection& connection, std::span<v1::Run* const> runs) {
  if (runs.empty()) return;
  Ids ids;
  for (const v1::Run* run : runs) ids.push_back(run->info().run_id());
  DetailReader(connection, ids).read(runs);
}

}  // namespace millrace::tracking
