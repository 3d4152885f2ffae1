#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tracking/stores/file/experiment_files.h"
#include "tracking/stores/file/folder.h"
#include "tracking/stores/file/model_files.h"
#include "tracking/stores/file/run_files.h"

namespace millrace::tracking::files {

/// What a folder of the tree is: each is read and kept as a whole.
enum class ThingKind { kExperiment = 0, kRun = 1, kModel = 2 };

/// Where a thing is. `path` is relative to the root: "12", ".trash/12", "12/<run id>", "12/models/<model
/// id>".
struct ThingPlace {
  ThingKind kind = ThingKind::kRun;
  std::string path;
  std::string name;        ///< of the folder, which is the id
  std::string experiment;  ///< id
  bool in_trash = false;
};

using VisitExperiment = std::function<void(const Folder& parent, const std::string& id, bool in_trash)>;

/// Calls `visit` for each folder whose name is an experiment's: those of the root, then those of the trash.
void for_each_experiment(const Folder& root, const VisitExperiment& visit);

/// What the files of a thing looked like when they were last read, as stamps; 0: unknown or too fresh to be
/// sure.
struct ThingStamps {
  int64_t meta = 0;
  int64_t params = 0;
  int64_t tags = 0;
  int64_t links = 0;
  int64_t metrics = 0;

  bool is_sure() const { return meta != 0 && params != 0 && tags != 0 && links != 0 && metrics != 0; }
  bool operator==(const ThingStamps&) const = default;
};

/// What its files look like now, without having been read.
struct ThingLook {
  ThingStamps stamps;
  std::vector<KeyFile> params;
  std::vector<KeyFile> tags;
  std::vector<KeyFile> metrics;
};

/// How far a file of metrics was read.
struct MetricFileRecord {
  int64_t inode = 0;
  int64_t size = 0;  ///< bytes; -1: to be read from its begin
  int64_t tail = 0;
  int64_t stamp = 0;
};
using MetricFileRecords = std::map<std::string, MetricFileRecord>;

/// A value of a metric of a run; kept small, as there are many.
struct Point {
  int64_t timestamp;
  double value;
  int64_t step;
};

/// What is new in a file of metrics.
struct MetricFileContent {
  std::string key;
  bool from_begin = false;          ///< what was known of the file no longer holds
  std::vector<Point> points;        ///< of a run
  std::vector<v1::Metric> metrics;  ///< of a model
  MetricFileRecord record;
};

/// What was read of a thing: the parts that differ from what was known.
struct ThingContent {
  ThingPlace place;
  ThingLook look;
  std::string fault;  ///< why it cannot be shown; then there is nothing else
  std::optional<v1::Experiment> experiment;
  std::optional<RunMeta> run;
  std::optional<ModelMeta> model;
  std::optional<KeyValues> params;
  std::optional<KeyValues> tags;
  std::optional<RunLinks> links;
  std::vector<MetricFileContent> metrics;
  std::vector<std::string> lost_metrics;  ///< keys whose files are gone
};

/// The folder of a thing below the root; nothing when it is not there.
std::optional<Folder> find_thing(const Folder& root, const ThingPlace& place);

/// Looks at all files of a thing. Nothing when it is not there or has no meta.yaml.
std::optional<ThingLook> look_at(const Folder& folder, ThingKind kind, const Complain& complain);

/// Reads what differs from `known` and `records`. Never throws for what is wrong with files; see `fault`.
ThingContent read_thing(const Folder& root, const ThingPlace& place, const ThingStamps& known,
                        const MetricFileRecords& records, const Complain& complain);

}  // namespace millrace::tracking::files
