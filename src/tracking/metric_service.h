#pragma once

#include "millrace/v1/metrics.gen.h"
#include "millrace/v1/plugin/tracking_store.gen.h"

namespace millrace::tracking {

/// The rules of metric histories on top of any store. Any thread; `store` must outlive it.
class TrackingMetricService : public MetricService {
 public:
  explicit TrackingMetricService(TrackingStore& store) : store_(store) {}

  v1::GetMetricHistoryResponse get_metric_history(const CallContext&,
                                                  const v1::GetMetricHistoryRequest&) override;
  v1::GetMetricHistoryBulkResponse get_metric_history_bulk(const CallContext&,
                                                           const v1::GetMetricHistoryBulkRequest&) override;
  v1::GetMetricHistoryBulkIntervalResponse get_metric_history_bulk_interval(
      const CallContext&, const v1::GetMetricHistoryBulkIntervalRequest&) override;

 private:
  TrackingStore& store_;
};

}  // namespace millrace::tracking
