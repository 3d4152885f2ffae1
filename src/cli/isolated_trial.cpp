#include "cli/isolated_trial.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "base/descriptor.h"
#include "base/error.h"

namespace millrace::cli {
namespace {

using Clock = std::chrono::steady_clock;

// Records between the two processes: fields ended by kField, then kRecord. Texts hold no control characters.
constexpr char kField = '\x1f';
constexpr char kRecord = '\x1e';
constexpr char kBegins = 'b';
constexpr size_t kLongestRecord = size_t{1} << 20;
// Beyond a step's own limit: the plugin's process is asked to end, and then ended.
constexpr std::chrono::seconds kGrace{10};

std::string without_controls(std::string_view text) {
  std::string clean(text.substr(0, 4000));
  for (char& c : clean) c = static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return clean;
}

// Inside the process: tells the other one.
class PipeRecord : public TrialRecord {
 public:
  explicit PipeRecord(int pipe) : pipe_(pipe) {}
  void begins(const std::string& subject) override {
    send(std::string(1, kBegins) + kField + without_controls(subject) + kField + kField);
  }
  void found(DoctorFinding finding) override {
    const std::string time = finding.milliseconds ? std::to_string(*finding.milliseconds) : "";
    send(std::to_string(static_cast<int>(finding.outcome)) + kField + without_controls(finding.subject) +
         kField + without_controls(finding.message) + kField + time);
  }

 private:
  void send(std::string record) const {
    record += kRecord;
    for (std::string_view left = record; !left.empty();) {
      const ssize_t count = ::write(pipe_, left.data(), left.size());
      if (count < 0 && errno != EINTR) _exit(1);
      if (count > 0) left.remove_prefix(static_cast<size_t>(count));
    }
  }

  int pipe_;
};

[[noreturn]] void be_the_process(const PluginTrial& trial, int pipe) {
  PipeRecord record(pipe);
  try {
    try_plugin(trial, record);
  } catch (const std::exception& fault) {
    record.found({FindingOutcome::kFailed, "trial", fault.what(), {}});
  }
  // Threads of a library may still be at work; nothing here is worth waiting for them.
  _exit(0);
}

std::string take_field(std::string_view& record) {
  const size_t end = std::min(record.find(kField), record.size());
  std::string field(record.substr(0, end));
  record.remove_prefix(std::min(end + 1, record.size()));
  return field;
}

// The other side: what was told, and which step is under way.
class Progress {
 public:
  void take(std::string_view bytes) {
    rest_.append(bytes);
    for (size_t end = 0; (end = rest_.find(kRecord)) != std::string::npos; rest_.erase(0, end + 1))
      read(std::string_view(rest_).substr(0, end));
    if (rest_.size() > kLongestRecord) rest_.clear();
  }
  void fail(const std::string& why) {
    findings.push_back({FindingOutcome::kFailed, step_.empty() ? "trial" : step_, why, {}});
  }
  bool between_steps() const { return step_.empty(); }

  std::vector<DoctorFinding> findings;

 private:
  void read(std::string_view record) {
    const std::string outcome = take_field(record);
    const std::string subject = take_field(record);
    step_ = outcome == std::string(1, kBegins) ? subject : "";
    if (!step_.empty()) return;
    DoctorFinding finding;
    finding.outcome = static_cast<FindingOutcome>(std::clamp(std::atoi(outcome.c_str()), 0, 3));
    finding.subject = subject;
    finding.message = take_field(record);
    const std::string time = take_field(record);
    if (!time.empty()) finding.milliseconds = std::atoll(time.c_str());
    findings.push_back(std::move(finding));
  }

  std::string rest_;
  std::string step_;
};

// False when nothing came in time, or no more comes; then `progress` has the last word.
bool listen(const Descriptor& pipe, std::chrono::milliseconds limit, Progress& progress, bool& in_time) {
  pollfd ready{pipe.get(), POLLIN, 0};
  const int count = ::poll(&ready, 1, static_cast<int>(limit.count()));
  in_time = count != 0;
  if (count <= 0) return count < 0 && errno == EINTR;
  char buffer[16 * 1024];
  const ssize_t read = ::read(pipe.get(), buffer, sizeof buffer);
  if (read <= 0) return read < 0 && errno == EINTR;
  progress.take({buffer, static_cast<size_t>(read)});
  return true;
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return "It crashed: signal " + std::to_string(WTERMSIG(status)) + ".";
  return "It ended the process that it was loaded into, with status " + std::to_string(WEXITSTATUS(status)) +
         ".";
}

}  // namespace

std::vector<DoctorFinding> try_plugin_apart(const PluginTrial& trial) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw Error(ErrorCode::kResourceExhausted, "No descriptors are left to try a plugin.");
  const Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  const pid_t process = ::fork();
  if (process < 0) throw Error(ErrorCode::kResourceExhausted, "No process can be made to try a plugin.");
  if (process == 0) be_the_process(trial, writing.get());
  writing = Descriptor();
  Progress progress;
  bool in_time = true;
  while (listen(reading, trial.limit + kGrace, progress, in_time)) {
  }
  if (!in_time) {
    progress.fail("It did not answer within " + std::to_string(trial.limit.count()) + " s.");
    ::kill(process, SIGKILL);
  }
  int status = 0;
  ::waitpid(process, &status, 0);
  if (in_time && (status != 0 || !progress.between_steps())) progress.fail(how_it_ended(status));
  return std::move(progress.findings);
}

}  // namespace millrace::cli
