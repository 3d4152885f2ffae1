#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sql/connection.h"

namespace millrace::maintenance {

/// The data of revision 75868b020152, which gives counts, costs and names of traces columns of their own.
/// `task` is what steps.sql calls it:
///
/// - check_traces: throws INVALID_STATE when there is what has no place in the new schema: spans or
///   assessments of traces that are not there, other attributes of spans than names of models;
/// - fill_trace_figures: fills the columns from tags, metadata and metrics;
/// - clear_trace_figures: deletes what was moved.
///
/// Rows are read and written in pages, each by one call of `in_batch`; each task may be run again. The number
/// of rows that were changed.
int64_t move_trace_figures(sql::Connection& connection, const std::string& task,
                           const std::function<void(const std::function<void()>&)>& in_batch);

}  // namespace millrace::maintenance
