#pragma once

#include <string>

#include "sql/connection.h"
#include "tracking/stores/file/thing.h"

namespace millrace::tracking::files {

/// Adds the points of all metrics of a run by lists, for databases on a server, and sets the latest values.
/// Within a transaction.
void write_points_together(sql::Connection& connection, const std::string& run_id,
                           const std::vector<MetricFileContent>& files);

/// The point whose value counts as the latest: by step, then timestamp, then value; NaN counts as the 0 that
/// it is stored as. Null where there are none.
const Point* latest_of(const MetricFileContent& file);

}  // namespace millrace::tracking::files
