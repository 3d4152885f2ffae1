#include "tracking/metric_service.h"

#include <algorithm>

#include "base/error.h"
#include "tracking/rules/page_token.h"
#include "tracking/rules/run_ids.h"

namespace millrace::tracking {
namespace {

constexpr int kMostRuns = 100;
constexpr int64_t kMostBulkPoints = 25'000;
constexpr int32_t kMostPointsPerRun = 2500;
// A history that is asked for without a page size comes whole; beyond this it would not fit in the memory of
// either side.
constexpr int64_t kMostPointsUnpaged = 5'000'000;

int64_t page_limit(const v1::GetMetricHistoryRequest& request) {
  if (!request.has_max_results()) return kMostPointsUnpaged;
  if (request.max_results() > 0) return request.max_results();
  throw_invalid_parameter("Invalid value " + std::to_string(request.max_results()) +
                          " for parameter 'max_results' supplied. It must be a positive integer.");
}

void move_point(v1::MetricWithRunId& from, v1::Metric& to) {
  to.set_key(std::move(*from.mutable_key()));
  to.set_value(from.value());
  to.set_timestamp(from.timestamp());
  to.set_step(from.step());
}

void check_run_count(int count, const std::string& start, const std::string& field) {
  if (count <= kMostRuns) return;
  throw_invalid_parameter(start + std::to_string(kMostRuns) + " " + field + ". Received " +
                          std::to_string(count) + " " + field + ".");
}

void check_steps(const v1::GetMetricHistoryBulkIntervalRequest& request) {
  if (request.has_start_step() != request.has_end_step()) {
    throw_invalid_parameter("If either start step or end step are specified, both must be specified.");
  }
  if (request.start_step() <= request.end_step()) return;
  throw_invalid_parameter(
      "end_step must be greater than start_step. Found start_step=" + std::to_string(request.start_step()) +
      " and end_step=" + std::to_string(request.end_step()) + ".");
}

int32_t points_per_run(const v1::GetMetricHistoryBulkIntervalRequest& request) {
  if (!request.has_max_results()) return kMostPointsPerRun;
  if (request.max_results() >= 1 && request.max_results() <= kMostPointsPerRun) return request.max_results();
  throw_invalid_parameter("max_results must be between 1 and " + std::to_string(kMostPointsPerRun) +
                          ". See the API docs for more information about request parameters.");
}

}  // namespace

v1::GetMetricHistoryResponse TrackingMetricService::get_metric_history(
    const CallContext& context, const v1::GetMetricHistoryRequest& request) {
  v1::plugin::MetricHistoryQuery query;
  query.add_run_ids(run_id_of(request));
  query.set_metric_key(request.metric_key());
  query.mutable_page()->set_limit(page_limit(request));
  query.mutable_page()->set_cursor(cursor_from(request.page_token()));
  v1::plugin::MetricHistoryPage page = store_.get_metric_history(context, query);
  if (!page.next_cursor().empty() && !request.has_max_results()) {
    throw Error(ErrorCode::kResourceExhausted, "The metric has more than " +
                                                   std::to_string(kMostPointsUnpaged) +
                                                   " values; ask for pages with max_results.");
  }
  v1::GetMetricHistoryResponse response;
  response.mutable_metrics()->Reserve(page.metrics_size());
  for (auto& point : *page.mutable_metrics()) move_point(point, *response.add_metrics());
  if (!page.next_cursor().empty()) response.set_next_page_token(page_token(page.next_cursor()));
  return response;
}

v1::GetMetricHistoryBulkResponse TrackingMetricService::get_metric_history_bulk(
    const CallContext& context, const v1::GetMetricHistoryBulkRequest& request) {
  if (request.run_id().empty())
    throw_invalid_parameter("GetMetricHistoryBulk request must specify at least one run_id.");
  check_run_count(request.run_id_size(), "GetMetricHistoryBulk request cannot specify more than ", "run_ids");
  if (!request.has_metric_key())
    throw_invalid_parameter("GetMetricHistoryBulk request must specify a metric_key.");
  v1::plugin::MetricHistoryQuery query;
  *query.mutable_run_ids() = request.run_id();
  std::sort(query.mutable_run_ids()->begin(), query.mutable_run_ids()->end());
  query.set_metric_key(request.metric_key());
  const int64_t limit =
      request.has_max_results() ? std::min(request.max_results(), kMostBulkPoints) : kMostBulkPoints;
  v1::GetMetricHistoryBulkResponse response;
  if (limit < 1) return response;
  query.mutable_page()->set_limit(limit);
  v1::plugin::MetricHistoryPage page = store_.get_metric_history(context, query);
  response.mutable_metrics()->Swap(page.mutable_metrics());
  return response;
}

v1::GetMetricHistoryBulkIntervalResponse TrackingMetricService::get_metric_history_bulk_interval(
    const CallContext& context, const v1::GetMetricHistoryBulkIntervalRequest& request) {
  if (request.run_ids_size() > kMostRuns) {
    throw_invalid_parameter("GetMetricHistoryBulkInterval request must specify at most " +
                            std::to_string(kMostRuns) + " run_ids. Received " +
                            std::to_string(request.run_ids_size()) +
                            " run_ids. See the API docs for more information about request parameters.");
  }
  check_steps(request);
  v1::plugin::SampleQuery query;
  *query.mutable_run_ids() = request.run_ids();
  query.set_metric_key(request.metric_key());
  query.set_max_points(points_per_run(request));
  if (request.has_start_step()) {
    query.set_start_step(request.start_step());
    query.set_end_step(request.end_step());
  }
  v1::plugin::MetricSamples samples = store_.sample_metric_history(context, query);
  v1::GetMetricHistoryBulkIntervalResponse response;
  response.mutable_metrics()->Swap(samples.mutable_metrics());
  return response;
}

}  // namespace millrace::tracking
