#pragma once

#include <memory>
#include <string>

#include "sql/connection.h"

namespace millrace::sql {

/// Opens an SQLite database with MLflow's schema for reading without changing anything of it: also one whose
/// file or folder cannot be written, in a rollback journal's mode or in WAL, and one without Millrace's
/// indexes, where searches take the plan that SQLite finds.
///
/// A database in WAL mode whose folder cannot be written, and that nobody has open, is read as one that stays
/// as it is: whoever writes to it meanwhile on another machine has it read wrongly. Throws INVALID_STATE for
/// what cannot be read without a repair that would write, for another revision of the schema and for a file
/// without one, and what Connection does.
std::unique_ptr<Connection> open_read_only(const std::string& path);

}  // namespace millrace::sql
