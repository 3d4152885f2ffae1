#pragma once

#include <string>

#include "maintenance/database.h"

namespace millrace::maintenance {

/// What became of an upgrade.
struct UpgradeReport {
  std::string from;  ///< the revision before; empty for a database without tables
  std::string to;    ///< the revision now
  int steps = 0;     ///< that this upgrade did, and not one that ran beside it
  int64_t rows = 0;  ///< copied or changed
};

/// Brings a database of MLflow 2.0 to 3.17 up to the schema that the stores know, or makes the schema where
/// there are no tables, with the indexes that searches need. Several may run on one database at once, beside
/// servers that start: one waits for the other. When it ends early, even by a kill, what is there is a
/// database of a revision between or, on MySQL, one that the next upgrade finishes; nothing is lost.
///
/// Throws INVALID_STATE for revisions that are older, newer or unknown; nothing is changed then.
UpgradeReport upgrade_database(const std::string& uri, const Tell& tell);

}  // namespace millrace::maintenance
