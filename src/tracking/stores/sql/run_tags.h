#pragma once

#include <string_view>

#include "sql/connection.h"

namespace millrace::tracking {

/// Sets or replaces a tag; "mlflow.runName" renames the run too, so that name and tag never differ.
void write_run_tag(sql::Connection& connection, std::string_view run_id, std::string_view key,
                   std::string_view value);

/// Whether a tag with that value is the run's name.
bool names_run(std::string_view key, std::string_view value);

/// Sets the run's name and its tag "mlflow.runName".
void rename_run(sql::Connection& connection, std::string_view run_id, std::string_view name);

}  // namespace millrace::tracking
