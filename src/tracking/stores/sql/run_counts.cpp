#include <map>

#include "tracking/stores/sql/sql_tracking_store.h"

namespace millrace::tracking {

v1::CountRunsResponse SqlTrackingStore::count_runs(const CallContext&, const v1::CountRunsRequest&) {
  return database_->readers().read([&](sql::Connection& connection) {
    // Answered from the index alone.
    auto row = connection.prepare(
        "SELECT experiment_id, lifecycle_stage, count(*), max(start_time) FROM runs INDEXED BY "
        "millrace_runs_by_start WHERE experiment_id >= 0 GROUP BY experiment_id, lifecycle_stage");
    std::map<int64_t, v1::RunCount> counts;
    while (row.step()) {
      v1::RunCount& count = counts[row.integer(0)];
      count.set_experiment_id(std::string(row.text(0)));
      if (row.text(1) == "deleted") {
        count.set_deleted(row.integer(2));
        continue;
      }
      count.set_active(row.integer(2));
      if (!row.is_null(3)) count.set_last_start_time(row.integer(3));
    }
    v1::CountRunsResponse response;
    for (auto& [id, count] : counts) *response.add_counts() = std::move(count);
    return response;
  });
}

}  // namespace millrace::tracking
