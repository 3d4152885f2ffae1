#pragma once

#include <cstdint>

#include "maintenance/migrations/actions.h"
#include "sql/connection.h"

namespace millrace::maintenance {

/// Gives a table of SQLite another definition: a new one is made, the rows are copied in their order, and it
/// takes the old one's name. Indexes and triggers of the table that are still there stay, those that others
/// made too; so do columns that are in neither definition of MLflow. To be called in a transaction with
/// foreign keys switched off. The number of rows.
int64_t rebuild_table(sql::Connection& connection, const Action& rebuild);

}  // namespace millrace::maintenance
