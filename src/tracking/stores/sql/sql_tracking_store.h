#pragma once

#include "millrace/v1/plugin/tracking_store.gen.h"
#include "sql/sqlite_database.h"
#include "tracking/stores/sql/large_scopes.h"

namespace millrace::tracking {

/// The tracking store on a SQL database with MLflow's schema. All capabilities of the contract. Any thread;
/// reads run on a pool of connections, writes wait for their group's commit.
class SqlTrackingStore : public TrackingStore {
 public:
  explicit SqlTrackingStore(const sql::SqliteDatabaseOptions& options)
      : SqlTrackingStore(std::make_shared<sql::SqliteDatabase>(options)) {}
  /// On a database that other stores use too.
  explicit SqlTrackingStore(std::shared_ptr<sql::Database> database) : database_(std::move(database)) {}

  sql::WriterStatistics writer_statistics() { return database_->writer().statistics(); }

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
  bool start_write_run_data(const CallContext&, const v1::plugin::RunDataWrite&,
                            Reply<v1::plugin::RunDataOutcome>) override;
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
  std::shared_ptr<sql::Database> database_;
  LargeScopes large_scopes_;
};

}  // namespace millrace::tracking
