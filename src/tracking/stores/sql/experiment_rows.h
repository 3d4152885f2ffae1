#pragma once

#include "millrace/v1/experiments.pb.h"
#include "sql/connection.h"

namespace millrace::tracking {

/// Columns of `experiments e` that read_experiment() expects, in its order.
inline constexpr const char* kExperimentColumns =
    "e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, "
    "e.workspace";

/// Reads a row with its tags.
void read_experiment(sql::Connection& connection, const sql::Statement& row, v1::Experiment& experiment);

}  // namespace millrace::tracking
