#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "millrace/v1/plugin/tracking_store.pb.h"
#include "sql/connection.h"
#include "tracking/stores/sql/large_scopes.h"

namespace millrace::tracking {

/// A run that a search found: its id, and where its row of `runs` is.
struct FoundRun {
  std::string id;
  int64_t row;
};

struct FoundRuns {
  std::vector<FoundRun> runs;
  std::string next_cursor;  ///< empty: this was the last page
};

/// One page of the runs that a search finds, in its order. `scopes` are those of the connection's database.
FoundRuns find_runs(sql::Connection& connection, const v1::plugin::RunQuery& query, LargeScopes& scopes);

/// How many runs a search finds on all of its pages.
int64_t count_found_runs(sql::Connection& connection, const v1::plugin::RunQuery& query);

}  // namespace millrace::tracking
