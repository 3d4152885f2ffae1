#pragma once

#include <span>
#include <vector>

#include "millrace/v1/runs.pb.h"
#include "sql/connection.h"
#include "tracking/stores/sql/found_runs.h"

namespace millrace::tracking {

/// Reads many runs with a few statements for all of them, for remote databases, where each statement is a
/// journey. In the order of `found`; runs that are not there any more are left out.
void read_runs_together(sql::Connection& connection, const std::vector<FoundRun>& found,
                        google::protobuf::RepeatedPtrField<v1::Run>& runs);

/// Adds latest metrics, params, tags, inputs and outputs to runs whose infos are set.
void read_details_together(sql::Connection& connection, std::span<v1::Run* const> runs);

}  // namespace millrace::tracking
