#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "sql/database.h"
#include "tracking/stores/file/folder.h"
#include "tracking/stores/file/thing.h"

namespace millrace::server {

/// What became of the things of one kind.
struct ImportCount {
  int64_t found = 0;
  int64_t imported = 0;
  int64_t present = 0;   ///< were in the database already
  int64_t left_out = 0;  ///< for reasons that were told
};

/// Counts by kind: "experiments", "runs", "logged models", "registered models", "traces".
using ImportCounts = std::map<std::string, ImportCount>;

/// Copies a folder in MLflow's layout into a database: experiments, runs with their data and links, logged
/// models and registered models. The folder is only read, and artifacts stay where they are, their URIs too.
///
/// Runs and models are copied some dozens in a transaction, each as a whole or not at all, and passed over
/// when they are there already, so that an import that was interrupted goes on where it ended when it is run
/// again. What the database will not have of them is left out alone. Experiments are told apart by name: runs
/// of one whose name the database has go there. Ids of experiments are kept where the database has room for
/// them (SQLite) and they are free; runs and models keep theirs everywhere. One thread.
class FileImport {
 public:
  /// `tell` hears of progress, `complain` of what is left out and why.
  FileImport(const std::string& path, tracking::files::Complain tell, tracking::files::Complain complain);

  /// Reads everything and copies it; with no database, only reads.
  ImportCounts run(const std::shared_ptr<sql::Database>& target);

 private:
  void import_experiment(const std::string& id, bool in_trash);
  void import_thing(const tracking::files::ThingPlace& place, const std::string& experiment);
  bool is_present(const tracking::files::ThingPlace& place, const std::string& experiment);
  void read_and_keep(const tracking::files::ThingPlace& place, const std::string& experiment);
  void write_waiting();
  void write(std::span<const tracking::files::ThingContent> things);
  void leave_out(const tracking::files::ThingPlace& place, const Error& why);
  std::string experiment_in_target(const tracking::files::ThingContent& content);
  void import_models();
  void show_progress();
  int64_t count_runs() const;

  tracking::files::Folder root_;
  tracking::files::Complain tell_;
  tracking::files::Complain complain_;
  std::shared_ptr<sql::Database> target_;
  ImportCounts counts_;
  std::vector<tracking::files::ThingContent> waiting_;  ///< read, to be written together
  std::set<std::string> waiting_ids_;
  size_t waiting_points_ = 0;
  int64_t total_runs_ = 0;
  int64_t told_ms_ = 0;
};

}  // namespace millrace::server
