#pragma once

#include "tracking/stores/file/index_rows.h"

namespace millrace::tracking::files {

/// Writes what was read of a logged model, its params and tags; its metrics are written by write_metrics().
/// Within a transaction.
void write_model_rows(sql::Connection& connection, const ThingContent& content, const ShownUri& shown);
void remove_model_rows(sql::Connection& connection, const std::string& id);

}  // namespace millrace::tracking::files
