#pragma once

#include <string>
#include <vector>

#include "maintenance/session.h"

namespace millrace::maintenance {

struct CheckOptions {
  /// Looks at registered models only: for a database of --registry-store-uri.
  bool registry_only = false;
};

struct Finding {
  enum class Weight {
    kNote,   ///< what others added, or what harms nobody
    kFault,  ///< what has to be mended
  };
  Weight weight = Weight::kFault;
  std::string topic;  ///< "schema", "rows" or "metrics"
  std::string text;
};

/// Looks whether a database has the revision, tables, columns and indexes that the stores know, whether rows
/// refer to rows that are there, and whether the latest points of metrics are the latest. Only reads, each
/// question by itself: a server that writes meanwhile may be seen half way. Without the known revision, the
/// other questions are not asked.
std::vector<Finding> check_database(Session& session, const CheckOptions& options, const Tell& tell);

}  // namespace millrace::maintenance
