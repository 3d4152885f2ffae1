#pragma once

#include "tracking/stores/file/index_rows.h"

namespace millrace::tracking::files {

/// Writes what was read of a run, its params, tags and links; its metrics are written by write_metrics().
/// Within a transaction.
void write_run_rows(sql::Connection& connection, const ThingContent& content, const ShownUri& shown);
void remove_run_rows(sql::Connection& connection, const std::string& id);

}  // namespace millrace::tracking::files
