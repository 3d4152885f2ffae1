#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/registration.h"
#include "millrace/v1/plugin/tracking_store.gen.h"
#include "points.h"

namespace sample_plugin {

/// One run with all its data.
struct RunState {
  millrace::v1::RunInfo info;
  std::map<std::string, Points> metrics;
  std::map<std::string, std::string> params;
  std::map<std::string, std::string> tags;

  /// The tag "mlflow.runName" and the name are kept equal.
  void set_tag(const std::string& key, const std::string& value);
  /// The names of the metrics that a deletion means.
  std::vector<std::string> metrics_of(const millrace::v1::plugin::MetricDeletion& deletion) const;
  /// As the contract shows it.
  millrace::v1::Run message() const;
};

/// All experiments and runs: what the records of the journal amount to. The journal sees to it that one
/// thread at a time is inside.
class State {
 public:
  /// Records; numbers are what stands in journals, so add at the end only.
  enum Kind {
    kExperiment,
    kExperimentChanges,
    kExperimentTag,
    kExperimentTagKey,
    kRun,
    kRunChanges,
    kRunData,
    kRunTagKey,
    kMetricDeletion,
  };

  void apply(int kind, std::string_view content);

  const std::map<std::string, millrace::v1::Experiment>& experiments() const { return experiments_; }
  const std::map<std::string, RunState>& runs() const { return runs_; }

  /// Each throws RESOURCE_DOES_NOT_EXIST when there is none, and INVALID_STATE when it is in another stage;
  /// an empty stage is any.
  const millrace::v1::Experiment& experiment(const std::string& id,
                                             const std::string& required_stage = "") const;
  const RunState& run(const std::string& id, const std::string& required_stage = "") const;
  /// Null when no experiment has that name.
  const millrace::v1::Experiment* experiment_named(const std::string& name) const;

 private:
  void apply(const millrace::v1::plugin::ExperimentChanges& changes);
  void apply(const millrace::v1::plugin::ExperimentTagWrite& tag);
  void apply(const millrace::v1::plugin::ExperimentTagKey& tag);
  void apply(const millrace::v1::plugin::NewRun& created);
  void apply(const millrace::v1::plugin::RunChanges& changes);
  void apply(const millrace::v1::plugin::RunDataWrite& data);
  void apply(const millrace::v1::plugin::MetricDeletion& deletion);

  std::map<std::string, millrace::v1::Experiment> experiments_;
  std::map<std::string, RunState> runs_;
};

/// The last step that a deletion keeps; none when it keeps none.
std::optional<int64_t> step_of(const millrace::v1::plugin::MetricDeletion& deletion);

}  // namespace sample_plugin
