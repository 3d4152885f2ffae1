#pragma once

#include <filesystem>

#include "journal.h"
#include "millrace/registration.h"
#include "millrace/v1/plugin/tracking_store.gen.h"
#include "state.h"

namespace sample_plugin {

/// Experiments and runs in the file "tracking.journal" of a folder and, for answers, in memory. Each
/// operation decides whether it may happen, records it, and answers. Any thread; several servers may share a
/// folder.
class SamplePlugin : public millrace::TrackingStore, public millrace::SelfCheck {
 public:
  explicit SamplePlugin(const millrace::PluginOptions& options);

  using Context = millrace::CallContext;
  using Done = millrace::v1::plugin::Done;

  millrace::v1::Experiment create_experiment(const Context& context,
                                             const millrace::v1::plugin::NewExperiment& request) override;
  millrace::v1::Experiment get_experiment(const Context& context,
                                          const millrace::v1::plugin::ExperimentLookup& request) override;
  Done update_experiment(const Context& context,
                         const millrace::v1::plugin::ExperimentChanges& request) override;
  millrace::v1::plugin::ExperimentPage search_experiments(
      const Context& context, const millrace::v1::plugin::ExperimentQuery& request) override;
  Done set_experiment_tag(const Context& context,
                          const millrace::v1::plugin::ExperimentTagWrite& request) override;
  Done delete_experiment_tag(const Context& context,
                             const millrace::v1::plugin::ExperimentTagKey& request) override;

  millrace::v1::Run create_run(const Context& context, const millrace::v1::plugin::NewRun& request) override;
  millrace::v1::Run get_run(const Context& context, const millrace::v1::plugin::RunLookup& request) override;
  millrace::v1::RunInfo update_run(const Context& context,
                                   const millrace::v1::plugin::RunChanges& request) override;
  millrace::v1::plugin::RunPage search_runs(const Context& context,
                                            const millrace::v1::plugin::RunQuery& request) override;
  millrace::v1::plugin::RunDataOutcome write_run_data(
      const Context& context, const millrace::v1::plugin::RunDataWrite& request) override;
  Done delete_run_tag(const Context& context, const millrace::v1::plugin::RunTagKey& request) override;
  millrace::v1::plugin::MetricHistoryPage get_metric_history(
      const Context& context, const millrace::v1::plugin::MetricHistoryQuery& request) override;
  millrace::v1::plugin::MetricDeletionOutcome delete_metrics(
      const Context& context, const millrace::v1::plugin::MetricDeletion& request) override;

  millrace::v1::plugin::CheckReport check() override;

 private:
  std::filesystem::path folder_;
  State state_;
  Journal journal_;
};

}  // namespace sample_plugin
