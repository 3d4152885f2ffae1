#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/log.h"
#include "sql/database.h"
#include "tracking/stores/file/index_rows.h"
#include "tracking/stores/file/root.h"

namespace millrace::tracking::files {

struct FileIndexOptions {
  size_t readers = 8;  ///< connections that search at once
  /// Local places of artifacts outside of the root that are shown as they are; others are replaced by the
  /// folder of artifacts beside the run.
  std::vector<std::string> artifact_roots;
  /// How often a search looks what other programs have changed; see sync().
  std::chrono::milliseconds pace{1000};
};

/// An index of a file store in a database with MLflow's schema, for searching. The files are the truth; the
/// index follows them. Any thread.
///
/// What is noticed when: sync() sees new, changed and removed experiments, new, moved and removed runs and
/// logged models, and changes of their meta.yaml and of what is listed in tags/ and metrics/, each time;
/// files that were written in place (tags, metrics) of runs that are running too, up to kLooks of them, and
/// of all others by turns, kLooks each time. look_at() sees all of one thing.
class FileIndex {
 public:
  /// Opens the index and brings it up to date, of which the log is told if it takes long. The log also hears
  /// of what is left out and why.
  FileIndex(const std::string& path, Access access, const FileIndexOptions& options, Log& log);
  ~FileIndex();

  const Root& root() const { return root_; }
  const std::shared_ptr<sql::Database>& database() const { return database_; }

  /// Looks at the tree, unless that was done within the last second, or within ten times as long as it takes.
  void sync();
  /// Looks at the tree in any case.
  void sync_now();

  /// Brings a run, a logged model or an experiment up to date, whatever the pace. Unknown ids are looked for.
  void look_at_run(const std::string& run_id);
  void look_at_model(const std::string& model_id);
  void look_at_experiment(const std::string& experiment_id);

  /// The same for things whose lock the caller holds.
  void read_again(const ThingPlace& place);
  void read_if_changed(const ThingPlace& place);
  /// Looks at the tree and leaves nothing for later, as after an experiment was moved; the caller holds the
  /// structure and no other lock.
  void follow();

  /// Where a thing is; nothing when it is not known.
  std::optional<ThingPlace> find(ThingKind kind, const std::string& id) const;

 private:
  struct Thing {
    ThingPlace place;
    ThingRecord record;
    int64_t glance = 0;  ///< a stamp of what a short look sees
    uint64_t seen = 0;   ///< the round in which it was there
  };
  struct ExperimentFolder;
  using Clock = std::chrono::steady_clock;

  void complain(const std::string& message);
  void load();
  enum class Locks { kTry, kHeld };  ///< whether the locks of all things are taken one by one or held already
  void scan(Locks locks);
  void scan_experiment(const Folder& parent, const std::string& id, bool in_trash,
                       std::vector<ThingPlace>& stale);
  void glance(const Folder& folder, const ThingPlace& place, const std::string& below,
              std::vector<ThingPlace>& stale);
  void add_looks(std::vector<ThingPlace>& stale);
  void remove_unseen();
  void refresh(const std::vector<ThingPlace>& places, Locks locks);
  void refresh_batch(const std::vector<ThingPlace>& places);
  std::optional<ThingPlace> probe(ThingKind kind, const std::string& id) const;
  std::vector<ThingContent> read_all(const std::vector<ThingPlace>& places);
  void write_all(const std::vector<ThingContent>& contents);
  bool is_changed(const ThingPlace& place);
  void look(ThingKind kind, const std::string& id);
  std::string shown_uri(const std::string& uri, const ThingPlace& place) const;

  Log& log_;
  const FileIndexOptions options_;
  Root root_;
  std::shared_ptr<sql::Database> database_;
  mutable std::mutex mutex_;                                              ///< guards what follows
  std::unordered_map<std::string, Thing> things_;                         ///< by path
  std::map<std::pair<ThingKind, std::string>, std::string> paths_;        ///< by kind and id
  std::map<std::string, std::unique_ptr<ExperimentFolder>> experiments_;  ///< by path
  std::set<std::string> complaints_;
  uint64_t round_ = 0;
  std::string next_look_;  ///< where turns go on
  Clock::time_point next_sync_{};
  bool is_first_ = true;
};

}  // namespace millrace::tracking::files
