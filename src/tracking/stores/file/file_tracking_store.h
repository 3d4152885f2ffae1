#pragma once

#include <memory>

#include "millrace/v1/plugin/tracking_store.gen.h"
#include "tracking/stores/file/changes.h"
#include "tracking/stores/file/file_index.h"
#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {

/// The tracking store on a folder in MLflow's layout (files/layout.h), which MLflow and others may read and
/// write at the same time. All capabilities of the contract: searches and reads are answered by the index,
/// after it has followed the files (FileIndex). Writes go to the files first and are durable before they are
/// answered; what has to be whole and touches several files goes through a journal. Any thread, and several
/// processes where the file system has locks.
class FileTrackingStore : public TrackingStore {
 public:
  explicit FileTrackingStore(std::shared_ptr<files::FileIndex> index)
      : index_(std::move(index)), rows_(index_->database()) {}

  v1::Experiment create_experiment(const CallContext&, const v1::plugin::NewExperiment&) override;
  v1::Experiment get_experiment(const CallContext&, const v1::plugin::ExperimentLookup&) override;
  v1::plugin::Done update_experiment(const CallContext&, const v1::plugin::ExperimentChanges&) override;
  v1::plugin::ExperimentPage search_experiments(const CallContext&,
                                                const v1::plugin::ExperimentQuery&) override;
  v1::plugin::Done set_experiment_tag(const CallContext&, const v1::plugin::ExperimentTagWrite&) override;
  v1::plugin::Done delete_experiment_tag(const CallContext&, const v1::plugin::ExperimentTagKey&) override;

  v1::Run create_run(const CallContext&, const v1::plugin::NewRun&) override;
  v1::Run get_run(const CallContext&, const v1::plugin::RunLookup&) override;
  v1::RunInfo update_run(const CallContext&, const v1::plugin::RunChanges&) override;
  v1::plugin::RunPage search_runs(const CallContext&, const v1::plugin::RunQuery&) override;
  v1::plugin::RunDataOutcome write_run_data(const CallContext&, const v1::plugin::RunDataWrite&) override;
  v1::plugin::Done delete_run_tag(const CallContext&, const v1::plugin::RunTagKey&) override;

  v1::plugin::MetricHistoryPage get_metric_history(const CallContext&,
                                                   const v1::plugin::MetricHistoryQuery&) override;
  v1::plugin::MetricSamples sample_metric_history(const CallContext&,
                                                  const v1::plugin::SampleQuery&) override;
  v1::RunTable read_run_table(const CallContext&, const v1::plugin::RunTableQuery&) override;
  v1::RunColumns list_run_columns(const CallContext&, const v1::plugin::RunColumnsQuery&) override;
  v1::CountRunsResponse count_runs(const CallContext&, const v1::CountRunsRequest&) override;
  v1::GetMetricLinesResponse read_metric_lines(const CallContext&,
                                               const v1::plugin::MetricLinesQuery&) override;
  v1::plugin::MetricDeletionOutcome delete_metrics(const CallContext&,
                                                   const v1::plugin::MetricDeletion&) override;

  v1::plugin::Done write_run_inputs(const CallContext&, const v1::plugin::RunInputsWrite&) override;
  v1::plugin::Done write_run_outputs(const CallContext&, const v1::plugin::RunOutputsWrite&) override;
  v1::plugin::DatasetPage search_datasets(const CallContext&, const v1::plugin::DatasetQuery&) override;

  v1::plugin::Done create_logged_model(const CallContext&, const v1::LoggedModel&) override;
  v1::LoggedModel get_logged_model(const CallContext&, const v1::plugin::LoggedModelLookup&) override;
  v1::LoggedModel update_logged_model(const CallContext&, const v1::plugin::LoggedModelChanges&) override;
  v1::plugin::LoggedModelPage search_logged_models(const CallContext&,
                                                   const v1::plugin::LoggedModelQuery&) override;

 private:
  /// A run that is being written: where it is, what its meta.yaml says, and what will change.
  struct RunWrite {
    files::ThingPlace place;
    files::RunMeta meta;
    files::Changes changes;

    std::string path(const std::string& below) const { return place.path + "/" + below; }
  };

  const files::Root& root() const { return index_->root(); }
  files::ThingPlace require(files::ThingKind kind, const std::string& id) const;
  v1::Experiment require_experiment(const std::string& id, const std::string& stage);
  void refuse_taken_name(const std::string& name);
  std::string new_experiment_id();
  void add_stage_change(const files::ThingPlace& place, const v1::plugin::ExperimentChanges& changes,
                        files::Changes& files);
  /// Locks the run and what `also` names, checks its stage, lets `write` say what changes and does it.
  void change_run(const std::string& run_id, const std::string& required_stage,
                  const std::vector<std::string>& also, const std::function<void(RunWrite&)>& write);
  void add_metrics(RunWrite& run, const v1::plugin::RunDataWrite& request);
  std::vector<std::string> add_model_metrics(RunWrite& run, const v1::plugin::RunDataWrite& request);
  void look_at_runs(const google::protobuf::RepeatedPtrField<std::string>& run_ids);

  std::shared_ptr<files::FileIndex> index_;
  SqlTrackingStore rows_;
};

}  // namespace millrace::tracking
