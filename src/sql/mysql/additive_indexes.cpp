#include <array>

#include "sql/mysql/schema.h"

namespace millrace::sql::mysql {
namespace {

// NULL is less than all else here, so that it comes last where an order goes down.
constexpr std::array<Index, 6> kIndexes{{
    {"runs", "millrace_runs_by_start", "experiment_id, lifecycle_stage, start_time DESC, run_uuid"},
    {"latest_metrics", "millrace_latest_metrics_by_value", "`key`, is_nan, value, run_uuid"},
    {"registered_models", "millrace_registered_models_by_update", "workspace, last_updated_time DESC, name"},
    {"model_versions", "millrace_model_versions_by_stage", "workspace, name, current_stage, version"},
    {"model_versions", "millrace_model_versions_by_update",
     "workspace, last_updated_time DESC, name, version DESC"},
    {"model_versions", "millrace_model_versions_by_run", "run_id"},
}};

}  // namespace

std::span<const Index> additive_indexes() {
  return kIndexes;
}

}  // namespace millrace::sql::mysql
