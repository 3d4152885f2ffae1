#include <array>

#include "sql/mssql/schema.h"

namespace millrace::sql::mssql {
namespace {

// NULL is less than all else here, so that it comes last where an order goes down.
constexpr std::array<Index, 6> kIndexes{{
    {"runs", "millrace_runs_by_start", "experiment_id, lifecycle_stage, start_time DESC, run_uuid"},
    {"latest_metrics", "millrace_latest_metrics_by_value", "[key], is_nan, value, run_uuid"},
    {"registered_models", "millrace_registered_models_by_update", "workspace, last_updated_time DESC, name"},
    {"model_versions", "millrace_model_versions_by_stage", "workspace, name, current_stage, version"},
    {"model_versions", "millrace_model_versions_by_update",
     "workspace, last_updated_time DESC, name, version DESC"},
    {"model_versions", "millrace_model_versions_by_run", "run_id"},
}};

// A secret's id and name are part of what it is encrypted with.
constexpr std::string_view kTrigger =
    "CREATE TRIGGER prevent_secrets_aad_mutation ON secrets AFTER UPDATE AS "
    "IF EXISTS (SELECT secret_id, secret_name FROM inserted EXCEPT SELECT secret_id, secret_name FROM "
    "deleted) "
    "THROW 50001, 'the id and the name of a secret cannot be changed', 1;";

}  // namespace

std::string_view schema_trigger() {
  return kTrigger;
}

std::span<const Index> additive_indexes() {
  return kIndexes;
}

}  // namespace millrace::sql::mssql
