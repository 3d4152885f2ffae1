#include "base/error.h"
#include "tracking/stores/file/file_tracking_store.h"

namespace millrace::tracking {
namespace {

// So many runs are looked at one by one; for more, what a look at the tree sees has to do.
constexpr int kMostLooks = 100;

}  // namespace

v1::Experiment FileTrackingStore::get_experiment(const CallContext& context,
                                                 const v1::plugin::ExperimentLookup& request) {
  if (request.by_case() != v1::plugin::ExperimentLookup::kName) {
    index_->look_at_experiment(request.experiment_id());
    return rows_.get_experiment(context, request);
  }
  index_->sync();
  try {
    return rows_.get_experiment(context, request);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kResourceDoesNotExist) throw;
  }
  // Somebody may have made it just now, and clients ask before they make one themselves.
  index_->sync_now();
  return rows_.get_experiment(context, request);
}

v1::plugin::ExperimentPage FileTrackingStore::search_experiments(const CallContext& context,
                                                                 const v1::plugin::ExperimentQuery& request) {
  index_->sync();
  return rows_.search_experiments(context, request);
}

v1::Run FileTrackingStore::get_run(const CallContext& context, const v1::plugin::RunLookup& request) {
  index_->look_at_run(request.run_id());
  return rows_.get_run(context, request);
}

v1::plugin::RunPage FileTrackingStore::search_runs(const CallContext& context,
                                                   const v1::plugin::RunQuery& request) {
  index_->sync();
  return rows_.search_runs(context, request);
}

void FileTrackingStore::look_at_runs(const google::protobuf::RepeatedPtrField<std::string>& run_ids) {
  if (run_ids.size() > kMostLooks) return index_->sync();
  for (const std::string& id : run_ids) index_->look_at_run(id);
}

v1::plugin::MetricHistoryPage FileTrackingStore::get_metric_history(
    const CallContext& context, const v1::plugin::MetricHistoryQuery& request) {
  look_at_runs(request.run_ids());
  return rows_.get_metric_history(context, request);
}

v1::plugin::MetricSamples FileTrackingStore::sample_metric_history(const CallContext& context,
                                                                   const v1::plugin::SampleQuery& request) {
  look_at_runs(request.run_ids());
  return rows_.sample_metric_history(context, request);
}

v1::RunTable FileTrackingStore::read_run_table(const CallContext& context,
                                               const v1::plugin::RunTableQuery& request) {
  index_->sync();
  return rows_.read_run_table(context, request);
}

v1::RunColumns FileTrackingStore::list_run_columns(const CallContext& context,
                                                   const v1::plugin::RunColumnsQuery& request) {
  index_->sync();
  return rows_.list_run_columns(context, request);
}

v1::CountRunsResponse FileTrackingStore::count_runs(const CallContext& context,
                                                    const v1::CountRunsRequest& request) {
  index_->sync();
  return rows_.count_runs(context, request);
}

v1::GetMetricLinesResponse FileTrackingStore::read_metric_lines(const CallContext& context,
                                                                const v1::plugin::MetricLinesQuery& request) {
  look_at_runs(request.run_ids());
  return rows_.read_metric_lines(context, request);
}

v1::plugin::DatasetPage FileTrackingStore::search_datasets(const CallContext& context,
                                                           const v1::plugin::DatasetQuery& request) {
  index_->sync();
  return rows_.search_datasets(context, request);
}

v1::LoggedModel FileTrackingStore::get_logged_model(const CallContext& context,
                                                    const v1::plugin::LoggedModelLookup& request) {
  index_->look_at_model(request.model_id());
  return rows_.get_logged_model(context, request);
}

v1::plugin::LoggedModelPage FileTrackingStore::search_logged_models(
    const CallContext& context, const v1::plugin::LoggedModelQuery& request) {
  index_->sync();
  return rows_.search_logged_models(context, request);
}

}  // namespace millrace::tracking
