#pragma once

#include "millrace/v1/overviews.gen.h"
#include "millrace/v1/plugin/tracking_store.gen.h"
#include "tracking/rules/run_scope.h"

namespace millrace::tracking {

/// The limits of what is shown of many runs at once, on top of any store with the capability "overviews".
/// Any thread; `store` must outlive it.
class TrackingOverviewService : public OverviewService {
 public:
  explicit TrackingOverviewService(TrackingStore& store) : store_(store) {}

  v1::RunTable search_run_table(const CallContext&, const v1::SearchRunTableRequest&) override;
  v1::RunColumns list_run_columns(const CallContext&, const v1::ListRunColumnsRequest&) override;
  v1::CountRunsResponse count_runs(const CallContext&, const v1::CountRunsRequest&) override;
  v1::GetMetricLinesResponse get_metric_lines(const CallContext&, const v1::GetMetricLinesRequest&) override;

 private:
  v1::RunColumns keys_of(const CallContext& context, const TextList& experiment_ids);
  void add_experiments(const CallContext& context, const TextList& experiment_ids, v1::RunTable& table);

  TrackingStore& store_;
};

}  // namespace millrace::tracking
