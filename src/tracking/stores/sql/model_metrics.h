#pragma once

#include "millrace/v1/plugin/tracking_store.pb.h"
#include "sql/connection.h"

namespace millrace::tracking {

/// Keeps those of the metrics for logged models that belong to one.
void write_model_metrics(sql::Connection& connection, const v1::plugin::RunDataWrite& request,
                         int64_t experiment_id);

}  // namespace millrace::tracking
