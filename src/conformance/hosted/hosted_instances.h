#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "conformance/hosted/denial.h"
#include "conformance/hosted/hosted_target.h"
#include "conformance/subject.h"
#include "plugin/channel.h"

namespace millrace::conformance {

/// What one check opens of a target, and what it does to it. Its folders are removed at its end, its
/// processes go back to the plugin. For one thread but for kill().
class HostedInstances {
 public:
  explicit HostedInstances(std::shared_ptr<const HostedTarget> target);
  ~HostedInstances();
  HostedInstances(const HostedInstances&) = delete;
  HostedInstances& operator=(const HostedInstances&) = delete;

  /// As those of Subject.
  std::shared_ptr<plugin::Channel> open_new();
  std::shared_ptr<plugin::Channel> reopen();
  bool declares(const std::string& capability) const;
  void kill();
  Footprint footprint();
  void deny(Denial denial);
  void permit();
  std::string sample(const std::string& name) const;

  /// Gives the processes back at once; what is open in them stays open.
  void give_back();

  /// Runs a check. Throws what it threw, and Failure when a process of the plugin ended by itself meanwhile.
  void watch(const std::function<void()>& check);

  const std::filesystem::path& folder() const { return folders_.back(); }

 private:
  using Process = std::shared_ptr<plugin::ChildPlugin>;

  Process process();
  Process add_process();
  std::shared_ptr<plugin::Channel> open_in(const Process& process);
  std::vector<pid_t> process_ids();
  void require_processes();
  void deny_by_command(const std::string& key, const std::vector<std::string>& command);
  void require_files(const std::string& what, const std::string& key) const;
  void run(const std::string& key, const std::vector<std::string>& command) const;

  const std::shared_ptr<const HostedTarget> target_;
  std::vector<std::filesystem::path> folders_;
  bool folder_used_ = false;
  bool spoiled_ = false;
  bool denied_by_command_ = false;
  std::unique_ptr<FileSizeDenial> no_space_;
  std::unique_ptr<PermissionDenial> no_access_;
  std::mutex mutex_;  // kill() comes from other threads
  std::vector<Process> processes_;
};

}  // namespace millrace::conformance
