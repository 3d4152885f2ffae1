#pragma once

#include <memory>

#include "sql/database.h"
#include "tracking/stores/file/root.h"

namespace millrace::tracking::files {

/// Opens the database of a root's index, or makes it anew when it is missing, damaged or of another version,
/// of which `tell` hears. It has MLflow's schema, so that the stores on SQL databases can search it, and
/// tables of what was read from where (index_rows.h). The files are the truth: the database may be deleted
/// whenever no server runs, and its commits do not wait for the disk. Each machine has its own, as SQLite's
/// locks do not reach over file servers.
std::shared_ptr<sql::Database> open_index_database(const Root& root, size_t readers, const Complain& tell);

}  // namespace millrace::tracking::files
