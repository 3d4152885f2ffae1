#include "tracking/dataset_service.h"

#include "base/error.h"

namespace millrace::tracking {
namespace {

constexpr int kMostExperiments = 20;
constexpr int kMostSummaries = 1000;

}  // namespace

v1::SearchDatasetsResponse TrackingDatasetService::search_datasets(const CallContext& context,
                                                                   const v1::SearchDatasetsRequest& request) {
  const int count = request.experiment_ids_size();
  if (count == 0) throw_invalid_parameter("SearchDatasets request must specify at least one experiment_id.");
  if (count > kMostExperiments) {
    throw_invalid_parameter("SearchDatasets request cannot specify more than " +
                            std::to_string(kMostExperiments) + " experiment_ids. Received " +
                            std::to_string(count) + " experiment_ids.");
  }
  v1::plugin::DatasetQuery query;
  *query.mutable_experiment_ids() = request.experiment_ids();
  query.set_limit(kMostSummaries);
  v1::plugin::DatasetPage page = store_.search_datasets(context, query);
  v1::SearchDatasetsResponse response;
  response.mutable_dataset_summaries()->Swap(page.mutable_summaries());
  return response;
}

}  // namespace millrace::tracking
