#include "base/ids.h"
#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {
namespace {

using sql::Connection;

// The dataset of that name and digest in the experiment, made when it is not there.
std::string dataset_id(Connection& connection, int64_t experiment_id, const v1::Dataset& dataset) {
  auto found = connection.prepare(
      "SELECT dataset_uuid FROM datasets WHERE experiment_id = ?1 AND name = ?2 AND digest = ?3");
  found.bind(1, experiment_id)
      .bind(2, std::string_view(dataset.name()))
      .bind(3, std::string_view(dataset.digest()));
  if (found.step()) return std::string(found.text(0));
  const std::string id = random_hex_id();
  auto insert = connection.prepare(
      "INSERT INTO datasets(dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source, "
      "dataset_schema, dataset_profile) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  insert.bind(1, std::string_view(id)).bind(2, experiment_id);
  insert.bind(3, std::string_view(dataset.name())).bind(4, std::string_view(dataset.digest()));
  insert.bind(5, std::string_view(dataset.source_type())).bind(6, std::string_view(dataset.source()));
  if (dataset.has_schema()) insert.bind(7, std::string_view(dataset.schema()));
  if (dataset.has_profile()) insert.bind(8, std::string_view(dataset.profile()));
  insert.run();
  return id;
}

// An edge between two things; one that is there already is left alone.
struct Edge {
  std::string_view source_type;
  std::string_view source_id;
  std::string_view destination_type;
  std::string_view destination_id;
  int64_t step = 0;
};

// True when the edge is new; `input_id` names it then.
bool write_edge(Connection& connection, const Edge& edge, const std::string& input_id) {
  connection
      .prepare(
          "INSERT INTO inputs(input_uuid, source_type, source_id, destination_type, destination_id, step) "
          "VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING")
      .bind(1, std::string_view(input_id))
      .bind(2, edge.source_type)
      .bind(3, edge.source_id)
      .bind(4, edge.destination_type)
      .bind(5, edge.destination_id)
      .bind(6, edge.step)
      .run();
  return connection.changes() > 0;
}

void write_dataset_input(Connection& connection, int64_t experiment_id, const std::string& run_id,
                         const v1::DatasetInput& input) {
  const std::string dataset = dataset_id(connection, experiment_id, input.dataset());
  const std::string input_id = random_hex_id();
  if (!write_edge(connection, {"DATASET", dataset, "RUN", run_id}, input_id)) return;
  for (const v1::InputTag& tag : input.tags()) {
    connection
        .prepare("INSERT INTO input_tags(input_uuid, name, value) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING")
        .bind(1, std::string_view(input_id))
        .bind(2, std::string_view(tag.key()))
        .bind(3, std::string_view(tag.value()))
        .run();
  }
}

v1::plugin::DatasetPage search(Connection& connection, const v1::plugin::DatasetQuery& query) {
  v1::plugin::DatasetPage page;
  auto rows = connection.prepare(
      "SELECT DISTINCT d.experiment_id, d.name, d.digest, t.value FROM datasets d "
      "JOIN inputs i ON i.source_type = 'DATASET' AND i.source_id = d.dataset_uuid "
      "LEFT JOIN input_tags t ON t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context' "
      "WHERE d.experiment_id IN " +
      integer_list(query.experiment_ids()) + " LIMIT ?1");
  rows.bind(1, static_cast<int64_t>(query.limit()));
  while (rows.step()) {
    v1::DatasetSummary& summary = *page.add_summaries();
    summary.set_experiment_id(std::string(rows.text(0)));
    summary.set_name(std::string(rows.text(1)));
    summary.set_digest(std::string(rows.text(2)));
    if (!rows.is_null(3)) summary.set_context(std::string(rows.text(3)));
  }
  return page;
}

}  // namespace

v1::plugin::Done SqlTrackingStore::write_run_inputs(const CallContext&,
                                                    const v1::plugin::RunInputsWrite& request) {
  database_->writer().run([&](Connection& connection) {
    const RunState run = require_run(connection, request.run_id(), "active");
    for (const v1::DatasetInput& input : request.datasets()) {
      write_dataset_input(connection, run.experiment_id, request.run_id(), input);
    }
    for (const v1::ModelInput& model : request.models()) {
      write_edge(connection, {"RUN_INPUT", request.run_id(), "MODEL_INPUT", model.model_id()},
                 random_hex_id());
    }
  });
  return {};
}

v1::plugin::Done SqlTrackingStore::write_run_outputs(const CallContext&,
                                                     const v1::plugin::RunOutputsWrite& request) {
  database_->writer().run([&](Connection& connection) {
    require_run(connection, request.run_id(), "active");
    for (const v1::ModelOutput& model : request.models()) {
      write_edge(connection, {"RUN_OUTPUT", request.run_id(), "MODEL_OUTPUT", model.model_id(), model.step()},
                 random_hex_id());
    }
  });
  return {};
}

v1::plugin::DatasetPage SqlTrackingStore::search_datasets(const CallContext&,
                                                          const v1::plugin::DatasetQuery& request) {
  return database_->readers().read([&](Connection& connection) { return search(connection, request); });
}

}  // namespace millrace::tracking
