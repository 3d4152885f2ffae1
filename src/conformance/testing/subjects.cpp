#include "conformance/testing/subjects.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/ids.h"
#include "conformance/testing/serve.h"

namespace millrace::conformance::testing {
namespace {

constexpr uid_t kNobody = 65534;

// The program stands beside the test.
std::string subject_program() {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "conformance_subject").string();
}

void require_done(int outcome, const std::string& what) {
  if (outcome != 0) throw Error(ErrorCode::kInternalError, what + ": " + std::strerror(errno));
}

// Processes that root starts give its rights up (subject_main.cpp).
void give_away(const std::filesystem::path& folder) {
  if (geteuid() == 0)
    require_done(chown(folder.c_str(), kNobody, kNobody), "cannot give " + folder.string() + " away");
}

}  // namespace

Workshop::Workshop()
    : folder_(std::filesystem::temp_directory_path() / ("millrace-kit-" + random_token(12))) {
  std::filesystem::create_directory(folder_);
  give_away(folder_);
}

Workshop::~Workshop() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Workshop::make_folder() {
  const std::filesystem::path folder = folder_ / std::to_string(++count_);
  std::filesystem::create_directory(folder);
  give_away(folder);
  return folder.string();
}

std::string SubjectProcesses::start_new() {
  data_ = workshop_.make_folder();
  return start_again();
}

std::string SubjectProcesses::start_again() {
  const std::string socket = workshop_.make_folder() + "/s";
  auto child =
      std::make_unique<Child>(std::vector<std::string>{subject_program(), kind_, data_, socket, defect_});
  const std::lock_guard lock(mutex_);
  processes_.push_back({std::move(child), socket});
  return socket;
}

void SubjectProcesses::kill() {
  const std::lock_guard lock(mutex_);
  for (const auto& process : processes_) process.child->kill();
  processes_.clear();
}

Footprint SubjectProcesses::footprint() {
  const std::lock_guard lock(mutex_);
  Footprint footprint = footprint_of(processes_.back().child->id());
  if (kSanitized) footprint.memory_bytes = 0;
  return footprint;
}

void SubjectProcesses::deny(Denial denial) {
  if (denial == Denial::kSpace) return limit_file_size(0);
  require_done(chmod(data_.c_str(), 0), "cannot take the permissions away");
}

void SubjectProcesses::permit() {
  limit_file_size(RLIM_INFINITY);
  require_done(chmod(data_.c_str(), 0755), "cannot give the permissions back");
}

void SubjectProcesses::limit_file_size(rlim_t bytes) {
  const std::lock_guard lock(mutex_);
  for (const auto& process : processes_) {
    Connection connection(process.socket);
    connection.send(Frame::kCall, kLimitFileSize);
    connection.send(Frame::kRequest, std::to_string(bytes));
    connection.receive_answer();
  }
}

}  // namespace millrace::conformance::testing
