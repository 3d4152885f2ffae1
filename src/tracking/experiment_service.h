#pragma once

#include "millrace/v1/experiments.gen.h"
#include "millrace/v1/plugin/tracking_store.gen.h"
#include "tracking/rules/settings.h"

namespace millrace::tracking {

/// The rules of experiments on top of any store. Any thread; `store` must outlive it.
class TrackingExperimentService : public ExperimentService {
 public:
  TrackingExperimentService(TrackingStore& store, TrackingSettings settings)
      : store_(store), settings_(std::move(settings)) {}

  v1::CreateExperimentResponse create_experiment(const CallContext&,
                                                 const v1::CreateExperimentRequest&) override;
  v1::GetExperimentResponse get_experiment(const CallContext&, const v1::GetExperimentRequest&) override;
  v1::GetExperimentByNameResponse get_experiment_by_name(const CallContext&,
                                                         const v1::GetExperimentByNameRequest&) override;
  v1::SearchExperimentsResponse search_experiments(const CallContext&,
                                                   const v1::SearchExperimentsRequest&) override;
  v1::UpdateExperimentResponse update_experiment(const CallContext&,
                                                 const v1::UpdateExperimentRequest&) override;
  v1::DeleteExperimentResponse delete_experiment(const CallContext&,
                                                 const v1::DeleteExperimentRequest&) override;
  v1::RestoreExperimentResponse restore_experiment(const CallContext&,
                                                   const v1::RestoreExperimentRequest&) override;
  v1::SetExperimentTagResponse set_experiment_tag(const CallContext&,
                                                  const v1::SetExperimentTagRequest&) override;
  v1::DeleteExperimentTagResponse delete_experiment_tag(const CallContext&,
                                                        const v1::DeleteExperimentTagRequest&) override;

 private:
  void change_stage(const CallContext& context, const std::string& id, const char* from, const char* to);

  TrackingStore& store_;
  TrackingSettings settings_;
};

}  // namespace millrace::tracking
