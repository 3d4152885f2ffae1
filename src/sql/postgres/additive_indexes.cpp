#include <array>

#include "sql/postgres/schema.h"

namespace millrace::sql::postgres {
namespace {

constexpr std::array<Index, 6> kIndexes{{
    {"millrace_runs_by_start",
     "ON runs(experiment_id, lifecycle_stage, start_time DESC NULLS LAST, run_uuid)"},
    {"millrace_latest_metrics_by_value", "ON latest_metrics(key, is_nan, value, run_uuid)"},
    {"millrace_registered_models_by_update",
     "ON registered_models(workspace, last_updated_time DESC NULLS LAST, name)"},
    {"millrace_model_versions_by_stage", "ON model_versions(workspace, name, current_stage, version)"},
    {"millrace_model_versions_by_update",
     "ON model_versions(workspace, last_updated_time DESC NULLS LAST, name, version DESC)"},
    {"millrace_model_versions_by_run", "ON model_versions(run_id)"},
}};

}  // namespace

std::span<const Index> additive_indexes() {
  return kIndexes;
}

}  // namespace millrace::sql::postgres
