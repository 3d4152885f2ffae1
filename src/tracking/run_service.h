#pragma once

#include <mutex>

#include "millrace/v1/plugin/tracking_store.gen.h"
#include "millrace/v1/runs.gen.h"
#include "tracking/rules/settings.h"

namespace millrace::tracking {

/// The rules of runs on top of any store: names, limits, lifecycle, what is logged to a run. Any thread;
/// `store` must outlive it.
class TrackingRunService : public RunService {
 public:
  TrackingRunService(TrackingStore& store, TrackingSettings settings)
      : store_(store), settings_(std::move(settings)) {}

  v1::CreateRunResponse create_run(const CallContext&, const v1::CreateRunRequest&) override;
  v1::GetRunResponse get_run(const CallContext&, const v1::GetRunRequest&) override;
  v1::UpdateRunResponse update_run(const CallContext&, const v1::UpdateRunRequest&) override;
  v1::DeleteRunResponse delete_run(const CallContext&, const v1::DeleteRunRequest&) override;
  v1::RestoreRunResponse restore_run(const CallContext&, const v1::RestoreRunRequest&) override;
  v1::SearchRunsResponse search_runs(const CallContext&, const v1::SearchRunsRequest&) override;

  v1::LogMetricResponse log_metric(const CallContext&, const v1::LogMetricRequest&) override;
  v1::LogParamResponse log_param(const CallContext&, const v1::LogParamRequest&) override;
  v1::SetTagResponse set_tag(const CallContext&, const v1::SetTagRequest&) override;
  bool start_log_metric(const CallContext&, const v1::LogMetricRequest&,
                        Reply<v1::LogMetricResponse>) override;
  bool start_log_param(const CallContext&, const v1::LogParamRequest&, Reply<v1::LogParamResponse>) override;
  bool start_set_tag(const CallContext&, const v1::SetTagRequest&, Reply<v1::SetTagResponse>) override;
  bool start_log_batch(const CallContext&, const v1::LogBatchRequest&, Reply<v1::LogBatchResponse>) override;
  v1::DeleteTagResponse delete_tag(const CallContext&, const v1::DeleteTagRequest&) override;
  v1::LogBatchResponse log_batch(const CallContext&, const v1::LogBatchRequest&) override;
  v1::LogModelResponse log_model(const CallContext&, const v1::LogModelRequest&) override;
  v1::LogInputsResponse log_inputs(const CallContext&, const v1::LogInputsRequest&) override;
  v1::LogOutputsResponse log_outputs(const CallContext&, const v1::LogOutputsRequest&) override;
  v1::DeleteMetricsResponse delete_metrics(const CallContext&, const v1::DeleteMetricsRequest&) override;

 private:
  /// Writes and turns param conflicts into the error that clients know.
  void write(const CallContext& context, const v1::plugin::RunDataWrite& data, bool is_batch);
  /// The same without waiting.
  template <typename Response>
  bool start_write(const CallContext& context, v1::plugin::RunDataWrite data, bool is_batch,
                   Reply<Response> reply);
  void change_stage(const CallContext& context, const std::string& run_id, const char* stage);

  TrackingStore& store_;
  TrackingSettings settings_;
  std::mutex model_history_mutex_;  ///< log_model reads the history, adds to it and writes it back.
};

}  // namespace millrace::tracking
