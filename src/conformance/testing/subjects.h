#pragma once

#include <sys/resource.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "conformance/subject.h"
#include "conformance/testing/child.h"
#include "conformance/testing/remote.h"

namespace millrace::conformance::testing {

/// A folder for the length of a subject, with numbered folders in it that belong to whoever the subject runs
/// as.
class Workshop {
 public:
  Workshop();
  ~Workshop();
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  std::string make_folder();

 private:
  std::filesystem::path folder_;
  int count_ = 0;
};

/// Sanitizers keep memory of their own, so that what a subject holds cannot be told under them.
#ifdef MILLRACE_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

using Capabilities = std::set<std::string>;

/// Something built in that runs in this process.
template <typename Interface>
class InProcessSubject : public Subject<Interface> {
 public:
  using Open = std::function<std::shared_ptr<Interface>(const std::string& folder)>;

  InProcessSubject(Open open, Capabilities capabilities)
      : open_(std::move(open)), capabilities_(std::move(capabilities)) {}

  std::shared_ptr<Interface> open_new() override {
    data_ = workshop_.make_folder();
    return open_(data_);
  }
  std::shared_ptr<Interface> reopen() override { return open_(data_); }
  bool declares(const std::string& capability) const override { return capabilities_.contains(capability); }

 private:
  Open open_;
  Capabilities capabilities_;
  Workshop workshop_;
  std::string data_;
};

/// Processes of the program conformance_subject, and what can be done to them.
class SubjectProcesses {
 public:
  SubjectProcesses(std::string kind, std::string defect)
      : kind_(std::move(kind)), defect_(std::move(defect)) {}

  /// Starts one on an empty folder or on that of the last; returns its socket.
  std::string start_new();
  std::string start_again();

  void kill();
  /// Without the memory under sanitizers.
  Footprint footprint();
  void deny(Denial denial);
  void permit();

 private:
  struct Process {
    std::unique_ptr<Child> child;
    std::string socket;
  };

  void limit_file_size(rlim_t bytes);

  std::string kind_;
  std::string defect_;
  Workshop workshop_;
  std::string data_;
  std::mutex mutex_;  ///< kill() comes from other threads.
  std::vector<Process> processes_;
};

/// The same in a process of its own. `Functions` is StoreOfFunctions or RepositoryOfFunctions.
template <typename Interface, typename Functions>
class ChildSubject : public Subject<Interface> {
 public:
  ChildSubject(const std::string& kind, const std::string& defect, Capabilities capabilities)
      : processes_(kind, defect), capabilities_(std::move(capabilities)) {}

  std::shared_ptr<Interface> open_new() override { return remote_plugin<Functions>(processes_.start_new()); }
  std::shared_ptr<Interface> reopen() override { return remote_plugin<Functions>(processes_.start_again()); }
  bool declares(const std::string& capability) const override { return capabilities_.contains(capability); }
  void kill() override { processes_.kill(); }
  Footprint footprint() override { return processes_.footprint(); }
  void deny(Denial denial) override { processes_.deny(denial); }
  void permit() override { processes_.permit(); }

 private:
  SubjectProcesses processes_;
  Capabilities capabilities_;
};

}  // namespace millrace::conformance::testing
