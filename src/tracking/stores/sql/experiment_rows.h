#pragma once

#include "millrace/v1/experiments.pb.h"
#include "sql/connection.h"

namespace millrace::tracking {

/// Columns of `experiments e` that read_experiment() expects, in its order.
inline constexpr const char* kExperimentColumns =
    "e.experiment_id, e.name, e.artifact_location, e.lifecycle_stage, e.last_update_time, e.creation_time, "
    "e.workspace";

/// Reads a row alone.
void read_experiment_row(const sql::Statement& row, v1::Experiment& experiment);

/// Adds the tags of many experiments with one statement, for remote databases.
void read_tags_together(sql::Connection& connection,
                        google::protobuf::RepeatedPtrField<v1::Experiment>& experiments);

/// Reads a row with its tags.
void read_experiment(sql::Connection& connection, const sql::Statement& row, v1::Experiment& experiment);

}  // namespace millrace::tracking
