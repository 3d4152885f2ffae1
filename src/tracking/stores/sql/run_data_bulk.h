#pragma once

#include <span>

#include "millrace/v1/plugin/tracking_store.pb.h"
#include "sql/writer.h"

namespace millrace::tracking {

/// One write of run data among those of a group; the request must outlive it.
struct RunDataItem : sql::BulkItem {
  explicit RunDataItem(const v1::plugin::RunDataWrite& write) : request(write) {}

  const v1::plugin::RunDataWrite& request;
  /// Whether an attempt was made before, which a passing fault ended. The first takes the runs to be there
  /// and active, and the points to be new, where that saves journeys or work; another looks.
  bool tried_before = false;
  v1::plugin::RunDataOutcome outcome;
};

/// A sql::BulkWork for RunDataItems on remote databases: all of a group's rows of one table go in one
/// statement, in the order of their keys, so that writers on several servers that meet in the same rows wait
/// for one another and never in a circle. Writes to runs that are not there or not active get their fault,
/// those that would change a param their conflicts; neither changes anything. Where statements are pipelined,
/// metrics alone are written in one journey, which fails as a whole, with a passing fault, if one of their
/// runs turns out not to be active.
void write_run_data_together(sql::Connection& connection, std::span<sql::BulkItem* const> items);

}  // namespace millrace::tracking
