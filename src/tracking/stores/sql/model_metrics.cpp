#include "tracking/stores/sql/model_metrics.h"

#include "tracking/stores/sql/rows.h"

namespace millrace::tracking {

void write_model_metrics(sql::Connection& connection, const v1::plugin::RunDataWrite& request,
                         int64_t experiment_id) {
  for (const v1::Metric& metric : request.metrics()) {
    if (metric.model_id().empty()) continue;
    auto insert = connection.prepare(
        "INSERT INTO logged_model_metrics(model_id, metric_name, metric_timestamp_ms, metric_step, "
        "metric_value, "
        "experiment_id, run_id, dataset_name, dataset_digest) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
        "ON CONFLICT DO NOTHING");
    insert.bind(1, std::string_view(metric.model_id())).bind(2, std::string_view(metric.key()));
    insert.bind(3, metric.timestamp()).bind(4, metric.step()).bind(5, stored_value(metric.value()).value);
    insert.bind(6, experiment_id).bind(7, std::string_view(request.run_id()));
    if (!metric.dataset_name().empty()) insert.bind(8, std::string_view(metric.dataset_name()));
    if (!metric.dataset_digest().empty()) insert.bind(9, std::string_view(metric.dataset_digest()));
    insert.run();
  }
}

}  // namespace millrace::tracking
