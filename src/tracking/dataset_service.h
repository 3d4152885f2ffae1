#pragma once

#include "millrace/v1/datasets.gen.h"
#include "millrace/v1/plugin/tracking_store.gen.h"

namespace millrace::tracking {

/// The rules of datasets on top of any store. Any thread; `store` must outlive it.
class TrackingDatasetService : public DatasetService {
 public:
  explicit TrackingDatasetService(TrackingStore& store) : store_(store) {}

  v1::SearchDatasetsResponse search_datasets(const CallContext&, const v1::SearchDatasetsRequest&) override;

 private:
  TrackingStore& store_;
};

}  // namespace millrace::tracking
