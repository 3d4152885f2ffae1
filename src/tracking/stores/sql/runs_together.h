#pragma once

#include <span>

#include "millrace/v1/runs.pb.h"
#include "sql/connection.h"

namespace millrace::tracking {

/// Adds latest metrics, params, tags, inputs and outputs to runs whose infos are set, with a few statements
/// for all of them: for remote databases, where each statement is a journey.
void read_details_together(sql::Connection& connection, std::span<v1::Run* const> runs);

}  // namespace millrace::tracking
