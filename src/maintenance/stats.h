#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "maintenance/session.h"

namespace millrace::maintenance {

struct TableStats {
  std::string name;
  int64_t rows = 0;
  std::optional<int64_t> bytes;  ///< with its indexes, where the database tells
};

struct ExperimentStats {
  std::string id;
  std::string name;
  std::string stage;
  int64_t active_runs = 0;
  int64_t deleted_runs = 0;
  int64_t metric_points = 0;
  int64_t params = 0;
  int64_t tags = 0;
  int64_t models = 0;
  int64_t traces = 0;
};

struct DatabaseStats {
  std::string revision;
  int64_t bytes = 0;  ///< of the whole database, as far as it tells
  std::vector<TableStats> tables;
  std::vector<ExperimentStats> experiments;  ///< by id
};

/// Counts what is in a database with the schema that the stores know. Reads all rows, or an index of them.
DatabaseStats stats_of(Session& session);

}  // namespace millrace::maintenance
