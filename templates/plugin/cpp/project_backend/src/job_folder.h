#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace sample_plugin {

/// The files about one job. A value; the files may change at any time.
class JobFolder {
 public:
  /// Makes a new one below a storage directory.
  static JobFolder make(const std::string& storage_directory);
  /// Finds the one that a job's id names. Throws RESOURCE_DOES_NOT_EXIST.
  static JobFolder find(const std::string& job_id);

  std::string id() const { return folder_.string(); }
  std::filesystem::path log() const { return folder_ / "log"; }
  std::filesystem::path exit_file() const { return folder_ / "exit-status"; }

  void set_group(pid_t group) const;
  pid_t group() const;
  /// Of the command, when it ended by itself.
  std::optional<int> exit_status() const;
  /// Whether the job's first process is there. One that only waits to be collected counts as gone.
  bool is_running() const;
  void mark_cancelled() const;
  bool is_cancelled() const;

 private:
  explicit JobFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::filesystem::path folder_;
};

}  // namespace sample_plugin
