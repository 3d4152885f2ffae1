#include "tracking/stores/sql/logged_model_rows.h"

#include "sql/read_pair.h"
#include "tracking/stores/sql/rows.h"

namespace millrace::tracking {
namespace {

void read_tags(sql::Connection& connection, v1::LoggedModel& model) {
  auto rows = connection.prepare("SELECT tag_key, tag_value FROM logged_model_tags WHERE model_id = ?1");
  rows.bind(1, std::string_view(model.info().model_id()));
  while (rows.step()) sql::read_pair(rows, 0, *model.mutable_info()->add_tags());
}

void read_params(sql::Connection& connection, v1::LoggedModel& model) {
  auto rows =
      connection.prepare("SELECT param_key, param_value FROM logged_model_params WHERE model_id = ?1");
  rows.bind(1, std::string_view(model.info().model_id()));
  while (rows.step()) sql::read_pair(rows, 0, *model.mutable_data()->add_params());
}

void read_metrics(sql::Connection& connection, v1::LoggedModel& model) {
  auto rows = connection.prepare(
      "SELECT metric_name, metric_value, metric_timestamp_ms, metric_step, run_id, dataset_name, "
      "dataset_digest "
      "FROM logged_model_metrics WHERE model_id = ?1 ORDER BY rowid");
  rows.bind(1, std::string_view(model.info().model_id()));
  while (rows.step()) {
    v1::Metric& metric = *model.mutable_data()->add_metrics();
    metric.set_key(std::string(rows.text(0)));
    metric.set_value(value_from(rows.real(1), false));
    metric.set_timestamp(rows.integer(2));
    metric.set_step(rows.integer(3));
    metric.set_model_id(model.info().model_id());
    metric.set_run_id(std::string(rows.text(4)));
    if (!rows.is_null(5)) metric.set_dataset_name(std::string(rows.text(5)));
    if (!rows.is_null(6)) metric.set_dataset_digest(std::string(rows.text(6)));
  }
}

}  // namespace

void read_logged_model(sql::Connection& connection, const sql::Statement& row, v1::LoggedModel& model) {
  v1::LoggedModelInfo& info = *model.mutable_info();
  info.set_model_id(std::string(row.text(0)));
  info.set_experiment_id(std::string(row.text(1)));
  info.set_name(std::string(row.text(2)));
  info.set_artifact_uri(std::string(row.text(3)));
  info.set_creation_timestamp_ms(row.integer(4));
  info.set_last_updated_timestamp_ms(row.integer(5));
  info.set_status(static_cast<v1::LoggedModelStatus>(row.integer(6)));
  if (!row.is_null(7)) info.set_model_type(std::string(row.text(7)));
  if (!row.is_null(8)) info.set_source_run_id(std::string(row.text(8)));
  if (!row.is_null(9)) info.set_status_message(std::string(row.text(9)));
  model.mutable_data();
  read_tags(connection, model);
  read_params(connection, model);
  read_metrics(connection, model);
}

}  // namespace millrace::tracking
