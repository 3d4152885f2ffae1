#pragma once

#include "millrace/v1/logged_models.pb.h"
#include "sql/connection.h"

namespace millrace::tracking {

/// Columns of `logged_models m` that read_logged_model() expects, in its order.
inline constexpr const char* kLoggedModelColumns =
    "m.model_id, m.experiment_id, m.name, m.artifact_location, m.creation_timestamp_ms, "
    "m.last_updated_timestamp_ms, "
    "m.status, m.model_type, m.source_run_id, m.status_message, m.lifecycle_stage";
inline constexpr int kLifecycleStageColumn = 10;

/// Reads a row with its params, tags and metrics.
void read_logged_model(sql::Connection& connection, const sql::Statement& row, v1::LoggedModel& model);

}  // namespace millrace::tracking
