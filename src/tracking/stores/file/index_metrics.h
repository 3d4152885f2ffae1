#pragma once

#include "sql/connection.h"
#include "tracking/stores/file/thing.h"

namespace millrace::tracking::files {

/// Adds to the rows of a run or model what is new in its files of metrics, and sets the latest values. Within
/// a transaction.
void write_metrics(sql::Connection& connection, const ThingContent& content);

/// Keeps how far the files of metrics were read.
void write_metric_records(sql::Connection& connection, const ThingContent& content);

}  // namespace millrace::tracking::files
