#include <array>

#include "sql/schema.h"

namespace millrace::sql {
namespace {

// Each costs something at every write of its table, so there is one for each plan that needs it and none on
// `metrics`, the table that is written most.
constexpr std::array<std::string_view, 7> kIndexes{
    // Runs of an experiment, newest first: the order of every first page.
    "CREATE INDEX IF NOT EXISTS millrace_runs_by_start ON runs(experiment_id, lifecycle_stage, start_time "
    "DESC, "
    "run_uuid)",
    // Membership of a run, answered from the index alone while another index is walked.
    "CREATE INDEX IF NOT EXISTS millrace_runs_by_id ON runs(run_uuid, experiment_id, lifecycle_stage, "
    "start_time)",
    // Runs in the order of a metric.
    "CREATE INDEX IF NOT EXISTS millrace_latest_metrics_by_value ON latest_metrics(key, is_nan, value, "
    "run_uuid)",
    // The newest version of each stage, however many a model has.
    "CREATE INDEX IF NOT EXISTS millrace_model_versions_by_stage ON model_versions(workspace, name, "
    "current_stage, version)",
    // Registered models, last changed first.
    "CREATE INDEX IF NOT EXISTS millrace_registered_models_by_update ON registered_models(workspace, "
    "last_updated_time DESC, name)",
    // Versions, last changed first: the order of every first page.
    "CREATE INDEX IF NOT EXISTS millrace_model_versions_by_update ON model_versions(workspace, "
    "last_updated_time DESC, name, version DESC)",
    // The versions that a run led to.
    "CREATE INDEX IF NOT EXISTS millrace_model_versions_by_run ON model_versions(run_id)",
};

}  // namespace

std::span<const std::string_view> additive_indexes() {
  return kIndexes;
}

}  // namespace millrace::sql
