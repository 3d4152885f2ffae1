#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sql/connection.h"
#include "tracking/stores/file/thing.h"

namespace millrace::tracking::files {

/// What the index keeps of a thing.
struct ThingRecord {
  ThingKind kind = ThingKind::kRun;
  std::string path;
  std::string id;  ///< empty when it cannot be shown
  bool is_running = false;
  ThingStamps stamps;
};

/// All that the index has.
std::vector<ThingRecord> load_things(sql::Connection& connection);
MetricFileRecords load_metric_files(sql::Connection& connection, const std::string& path);

/// The URI that is shown as the place of artifacts: what the files say, or the folder beside them when that
/// lies nowhere (RootLocations).
using ShownUri = std::function<std::string(const std::string& uri, const ThingPlace& place)>;

/// Writes rows of MLflow's own tables for what was read, into any database with them. Within a transaction.
void write_thing_rows(sql::Connection& connection, const ThingContent& content, const ShownUri& shown,
                      const Complain& complain);

/// Brings the rows of a thing to what was read. Within a transaction.
ThingRecord write_thing(sql::Connection& connection, const ThingContent& content, const ThingRecord* known,
                        const ShownUri& shown, const Complain& complain);
/// Removes the rows of a thing that is gone.
void remove_thing(sql::Connection& connection, const ThingRecord& record);

}  // namespace millrace::tracking::files
