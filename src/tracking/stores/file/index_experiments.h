#pragma once

#include "tracking/stores/file/index_rows.h"

namespace millrace::tracking::files {

/// Writes what was read of an experiment and its tags. Within a transaction.
void write_experiment_rows(sql::Connection& connection, const ThingContent& content, const ShownUri& shown,
                           const Complain& complain);
void remove_experiment_rows(sql::Connection& connection, const std::string& id);

}  // namespace millrace::tracking::files
