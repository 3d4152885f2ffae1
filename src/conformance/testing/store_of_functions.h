#pragma once

#include <functional>
#include <memory>

#include "conformance/testing/operation.h"
#include "millrace/v1/plugin/tracking_store.gen.h"

namespace millrace::conformance::testing {

/// A tracking store with a function for each operation, which can be exchanged one by one.
class StoreOfFunctions : public TrackingStore {
 public:
  using Interface = TrackingStore;

  Operation<v1::Experiment, v1::plugin::NewExperiment> on_create_experiment;
  Operation<v1::Experiment, v1::plugin::ExperimentLookup> on_get_experiment;
  Operation<v1::plugin::Done, v1::plugin::ExperimentChanges> on_update_experiment;
  Operation<v1::plugin::ExperimentPage, v1::plugin::ExperimentQuery> on_search_experiments;
  Operation<v1::plugin::Done, v1::plugin::ExperimentTagWrite> on_set_experiment_tag;
  Operation<v1::plugin::Done, v1::plugin::ExperimentTagKey> on_delete_experiment_tag;
  Operation<v1::Run, v1::plugin::NewRun> on_create_run;
  Operation<v1::Run, v1::plugin::RunLookup> on_get_run;
  Operation<v1::RunInfo, v1::plugin::RunChanges> on_update_run;
  Operation<v1::plugin::RunPage, v1::plugin::RunQuery> on_search_runs;
  Operation<v1::plugin::RunDataOutcome, v1::plugin::RunDataWrite> on_write_run_data;
  Operation<v1::plugin::Done, v1::plugin::RunTagKey> on_delete_run_tag;
  Operation<v1::plugin::MetricHistoryPage, v1::plugin::MetricHistoryQuery> on_get_metric_history;
  Operation<v1::plugin::MetricSamples, v1::plugin::SampleQuery> on_sample_metric_history;
  Operation<v1::plugin::MetricDeletionOutcome, v1::plugin::MetricDeletion> on_delete_metrics;
  Operation<v1::plugin::Done, v1::plugin::RunInputsWrite> on_write_run_inputs;
  Operation<v1::plugin::DatasetPage, v1::plugin::DatasetQuery> on_search_datasets;
  Operation<v1::plugin::Done, v1::plugin::RunOutputsWrite> on_write_run_outputs;
  Operation<v1::plugin::Done, v1::LoggedModel> on_create_logged_model;
  Operation<v1::LoggedModel, v1::plugin::LoggedModelLookup> on_get_logged_model;
  Operation<v1::LoggedModel, v1::plugin::LoggedModelChanges> on_update_logged_model;
  Operation<v1::plugin::LoggedModelPage, v1::plugin::LoggedModelQuery> on_search_logged_models;

  /// Calls `visit(name, function, method)` for each operation.
  template <typename Visitor>
  void visit_operations(const Visitor& visit) {
    visit("create_experiment", on_create_experiment, &TrackingStore::create_experiment);
    visit("get_experiment", on_get_experiment, &TrackingStore::get_experiment);
    visit("update_experiment", on_update_experiment, &TrackingStore::update_experiment);
    visit("search_experiments", on_search_experiments, &TrackingStore::search_experiments);
    visit("set_experiment_tag", on_set_experiment_tag, &TrackingStore::set_experiment_tag);
    visit("delete_experiment_tag", on_delete_experiment_tag, &TrackingStore::delete_experiment_tag);
    visit("create_run", on_create_run, &TrackingStore::create_run);
    visit("get_run", on_get_run, &TrackingStore::get_run);
    visit("update_run", on_update_run, &TrackingStore::update_run);
    visit("search_runs", on_search_runs, &TrackingStore::search_runs);
    visit("write_run_data", on_write_run_data, &TrackingStore::write_run_data);
    visit("delete_run_tag", on_delete_run_tag, &TrackingStore::delete_run_tag);
    visit("get_metric_history", on_get_metric_history, &TrackingStore::get_metric_history);
    visit("sample_metric_history", on_sample_metric_history, &TrackingStore::sample_metric_history);
    visit("delete_metrics", on_delete_metrics, &TrackingStore::delete_metrics);
    visit("write_run_inputs", on_write_run_inputs, &TrackingStore::write_run_inputs);
    visit("search_datasets", on_search_datasets, &TrackingStore::search_datasets);
    visit("write_run_outputs", on_write_run_outputs, &TrackingStore::write_run_outputs);
    visit("create_logged_model", on_create_logged_model, &TrackingStore::create_logged_model);
    visit("get_logged_model", on_get_logged_model, &TrackingStore::get_logged_model);
    visit("update_logged_model", on_update_logged_model, &TrackingStore::update_logged_model);
    visit("search_logged_models", on_search_logged_models, &TrackingStore::search_logged_models);
  }

  v1::Experiment create_experiment(const CallContext& context,
                                   const v1::plugin::NewExperiment& request) override {
    return on_create_experiment(context, request);
  }
  v1::Experiment get_experiment(const CallContext& context,
                                const v1::plugin::ExperimentLookup& request) override {
    return on_get_experiment(context, request);
  }
  v1::plugin::Done update_experiment(const CallContext& context,
                                     const v1::plugin::ExperimentChanges& request) override {
    return on_update_experiment(context, request);
  }
  v1::plugin::ExperimentPage search_experiments(const CallContext& context,
                                                const v1::plugin::ExperimentQuery& request) override {
    return on_search_experiments(context, request);
  }
  v1::plugin::Done set_experiment_tag(const CallContext& context,
                                      const v1::plugin::ExperimentTagWrite& request) override {
    return on_set_experiment_tag(context, request);
  }
  v1::plugin::Done delete_experiment_tag(const CallContext& context,
                                         const v1::plugin::ExperimentTagKey& request) override {
    return on_delete_experiment_tag(context, request);
  }
  v1::Run create_run(const CallContext& context, const v1::plugin::NewRun& request) override {
    return on_create_run(context, request);
  }
  v1::Run get_run(const CallContext& context, const v1::plugin::RunLookup& request) override {
    return on_get_run(context, request);
  }
  v1::RunInfo update_run(const CallContext& context, const v1::plugin::RunChanges& request) override {
    return on_update_run(context, request);
  }
  v1::plugin::RunPage search_runs(const CallContext& context, const v1::plugin::RunQuery& request) override {
    return on_search_runs(context, request);
  }
  v1::plugin::RunDataOutcome write_run_data(const CallContext& context,
                                            const v1::plugin::RunDataWrite& request) override {
    return on_write_run_data(context, request);
  }
  v1::plugin::Done delete_run_tag(const CallContext& context, const v1::plugin::RunTagKey& request) override {
    return on_delete_run_tag(context, request);
  }
  v1::plugin::MetricHistoryPage get_metric_history(const CallContext& context,
                                                   const v1::plugin::MetricHistoryQuery& request) override {
    return on_get_metric_history(context, request);
  }
  v1::plugin::MetricSamples sample_metric_history(const CallContext& context,
                                                  const v1::plugin::SampleQuery& request) override {
    return on_sample_metric_history(context, request);
  }
  v1::plugin::MetricDeletionOutcome delete_metrics(const CallContext& context,
                                                   const v1::plugin::MetricDeletion& request) override {
    return on_delete_metrics(context, request);
  }
  v1::plugin::Done write_run_inputs(const CallContext& context,
                                    const v1::plugin::RunInputsWrite& request) override {
    return on_write_run_inputs(context, request);
  }
  v1::plugin::DatasetPage search_datasets(const CallContext& context,
                                          const v1::plugin::DatasetQuery& request) override {
    return on_search_datasets(context, request);
  }
  v1::plugin::Done write_run_outputs(const CallContext& context,
                                     const v1::plugin::RunOutputsWrite& request) override {
    return on_write_run_outputs(context, request);
  }
  v1::plugin::Done create_logged_model(const CallContext& context, const v1::LoggedModel& request) override {
    return on_create_logged_model(context, request);
  }
  v1::LoggedModel get_logged_model(const CallContext& context,
                                   const v1::plugin::LoggedModelLookup& request) override {
    return on_get_logged_model(context, request);
  }
  v1::LoggedModel update_logged_model(const CallContext& context,
                                      const v1::plugin::LoggedModelChanges& request) override {
    return on_update_logged_model(context, request);
  }
  v1::plugin::LoggedModelPage search_logged_models(const CallContext& context,
                                                   const v1::plugin::LoggedModelQuery& request) override {
    return on_search_logged_models(context, request);
  }
};

}  // namespace millrace::conformance::testing
