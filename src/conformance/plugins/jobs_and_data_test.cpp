// The kits for project_backend and dataset_source against small plugins that are right and spoiled.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <mutex>
#include <thread>

#include "conformance/kits.h"
#include "conformance/plugins/fake_subject.h"
#include "millrace/v1/plugin/dataset_source.gen.h"
#include "millrace/v1/plugin/project_backend.gen.h"

using namespace millrace;
using namespace millrace::conformance;
using namespace millrace::v1::plugin;

namespace {

class TextSource : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  size_t read(std::span<char> buffer) override {
    const size_t count = std::min(buffer.size(), text_.size());
    std::memcpy(buffer.data(), text_.data(), count);
    text_.erase(0, count);
    return count;
  }

 private:
  std::string text_;
};

// What can be wrong with the plugins of this file.
enum class Flaw {
  kNone,
  kUnresolvedHasType,
  kDescriptionIsText,
  kDescriptionChanges,
  kKeepsPasswords,
  kDataChange,
  kTakesAnyType,
  kTakesAnyDescription,
  kAnswersChange,
  kAlwaysFails,
  kAlwaysFinishes,
  kMissingProgramFinishes,
  kSplitsArguments,
  kDropsEnvironment,
  kKnowsEveryJob,
  kCancellingFails,
  kCancelsEndedJobs,
  kNoErrorsInLog,
  kLogAtTheEnd,
  kOneId,
  kForgetsJobs,
};

// Names data as "kit:<name>", or by URLs.
class KitSource : public DatasetSource {
 public:
  explicit KitSource(Flaw flaw) : flaw_(flaw) {}

  ResolvedDatasetSource resolve(const CallContext&, const RawDatasetSource& raw) override {
    ResolvedDatasetSource answer;
    const bool url = raw.source().find("://") != std::string::npos;
    if (flaw_ == Flaw::kUnresolvedHasType) answer.set_source_type("kit");
    if (flaw_ == Flaw::kAnswersChange) answer.set_source_type(std::to_string(++count_));
    if (!url && !raw.source().starts_with("kit:")) return answer;
    answer.set_resolved(true);
    answer.set_source_type("kit");
    const size_t at = raw.source().find('@');
    std::string name =
        at == std::string::npos || flaw_ == Flaw::kKeepsPasswords ? raw.source() : raw.source().substr(at);
    if (flaw_ == Flaw::kDescriptionChanges) name += std::to_string(++count_);
    answer.set_source_json(flaw_ == Flaw::kDescriptionIsText ? name : "{\"uri\": \"" + name + "\"}");
    return answer;
  }

  std::unique_ptr<ByteSource> load(const CallContext&, const DatasetSourceRef& reference) override {
    if (reference.source_type() != "kit" && flaw_ != Flaw::kTakesAnyType)
      throw_invalid_parameter("another type");
    if (!reference.source_json().ends_with('}') && flaw_ != Flaw::kTakesAnyDescription)
      throw_invalid_parameter("no JSON");
    return std::make_unique<TextSource>(flaw_ == Flaw::kDataChange ? std::to_string(++count_) : "a,b\n1,2\n");
  }

 private:
  Flaw flaw_;
  std::atomic<int> count_{0};
};

// Follows a file until `ended` says that nothing more comes.
class LogSource : public ByteSource {
 public:
  LogSource(const std::string& file, std::function<bool()> ended)
      : file_(open(file.c_str(), O_RDONLY | O_CLOEXEC)), ended_(std::move(ended)) {}
  ~LogSource() override { close(file_); }
  size_t read(std::span<char> buffer) override {
    while (true) {
      const bool ended = ended_();
      const ssize_t count = ::read(file_, buffer.data(), buffer.size());
      if (count > 0 || ended) return static_cast<size_t>(std::max<ssize_t>(count, 0));
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

 private:
  int file_;
  std::function<bool()> ended_;
};

// Runs jobs as processes of this machine.
class Processes : public ProjectBackend {
 public:
  explicit Processes(Flaw flaw) : flaw_(flaw) {}
  ~Processes() override {
    for (const auto& [id, job] : jobs_) stop(job);
  }

  JobHandle submit(const CallContext&, const ProjectJob& message) override {
    const std::lock_guard lock(mutex_);
    Entry job;
    job.log = message.storage_directory() + "/log";
    job.process = spawn(message, job.log);
    JobHandle handle;
    handle.set_job_id(std::to_string(job.process));
    jobs_[handle.job_id()] = job;
    if (flaw_ == Flaw::kOneId) handle.set_job_id("1");
    if (flaw_ == Flaw::kOneId) jobs_["1"] = job;
    return handle;
  }

  JobStatus get_job(const CallContext&, const JobHandle& handle) override {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(handle.job_id());
    if (found == jobs_.end() && flaw_ == Flaw::kKnowsEveryJob) return {};
    if (found == jobs_.end() || (flaw_ == Flaw::kForgetsJobs && found->second.ended))
      throw_not_found("there is no job " + handle.job_id());
    return status_of(found->second);
  }

  JobStatus cancel_job(const CallContext& context, const JobHandle& handle) override {
    JobStatus status = get_job(context, handle);
    const std::lock_guard lock(mutex_);
    Entry& job = jobs_.at(handle.job_id());
    if (flaw_ == Flaw::kCancelsEndedJobs) status.set_state(JobStatus::STATE_CANCELLED);
    if (job.ended) return status;
    job.cancelled = flaw_ != Flaw::kCancellingFails;
    if (job.process > 0) ::kill(job.process, SIGKILL);
    return status;
  }

  std::unique_ptr<ByteSource> read_log(const CallContext& context, const JobHandle& handle) override {
    const auto ended = [this, &context, handle] {
      const auto state = get_job(context, handle).state();
      return state != JobStatus::STATE_RUNNING;
    };
    std::string log;
    {
      const std::lock_guard lock(mutex_);
      log = jobs_.at(handle.job_id()).log;
    }
    if (flaw_ == Flaw::kLogAtTheEnd) {
      cancel_job(context, handle);
      while (!ended()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return std::make_unique<LogSource>(log, ended);
  }

 private:
  struct Entry {
    pid_t process = 0;
    std::string log;
    bool cancelled = false;
    bool ended = false;
    JobStatus status;
  };

  static void stop(const Entry& job) {
    if (job.ended || job.process <= 0) return;
    ::kill(job.process, SIGKILL);
    waitpid(job.process, nullptr, 0);
  }

  // -1 when the program cannot be started.
  pid_t spawn(const ProjectJob& message, const std::string& log) const {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_CREAT | O_WRONLY | O_APPEND,
                                     0600);
    if (flaw_ == Flaw::kNoErrorsInLog) {
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0600);
    } else {
      posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    }
    std::vector<std::string> words(message.command().begin(), message.command().end());
    if (flaw_ == Flaw::kSplitsArguments && words.size() > 4)
      words.back() = words.back().substr(0, words.back().find(' '));
    std::vector<std::string> variables{"PATH=/usr/bin:/bin",
                                       "MLFLOW_EXPERIMENT_ID=" + message.experiment_id(),
                                       "MLFLOW_TRACKING_URI=" + message.tracking_uri()};
    if (flaw_ != Flaw::kDropsEnvironment) variables.push_back("MLFLOW_RUN_ID=" + message.run_id());
    for (const auto& [name, value] : message.environment()) variables.push_back(name + "=" + value);
    pid_t process = -1;
    if (posix_spawn(&process, words[0].c_str(), &actions, nullptr, pointers(words).data(),
                    pointers(variables).data()) != 0)
      process = -1;
    posix_spawn_file_actions_destroy(&actions);
    if (process < 0 && flaw_ != Flaw::kMissingProgramFinishes)
      throw_invalid_parameter("cannot start " + words[0]);
    return process;
  }

  static std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
  }

  JobStatus status_of(Entry& job) const {
    if (job.ended) return job.status;
    int outcome = 0;
    if (job.process > 0 && waitpid(job.process, &outcome, WNOHANG) == 0) {
      job.status.set_state(JobStatus::STATE_RUNNING);
      return job.status;
    }
    job.ended = true;
    const bool well = flaw_ == Flaw::kAlwaysFinishes || (outcome == 0 && flaw_ != Flaw::kAlwaysFails);
    job.status.set_state(job.cancelled ? JobStatus::STATE_CANCELLED
                         : well        ? JobStatus::STATE_FINISHED
                                       : JobStatus::STATE_FAILED);
    return job.status;
  }

  Flaw flaw_;
  std::mutex mutex_;
  std::map<std::string, Entry> jobs_;
};

template <typename Interface, typename Plugin>
Spoiled<Interface> spoiled_by(const std::map<std::string, Flaw>& flaws) {
  Spoiled<Interface> spoiled;
  for (const auto& [check, flaw] : flaws) spoiled[check] = std::make_shared<Plugin>(flaw);
  return spoiled;
}

}  // namespace

TEST_CASE("every check of the kit for dataset_source finds a defect and passes what is right") {
  const auto spoiled = spoiled_by<DatasetSource, KitSource>({
      {"a source of no known form is resolved whole or not at all", Flaw::kUnresolvedHasType},
      {"a source has a type and a description", Flaw::kDescriptionIsText},
      {"the description of a source stays", Flaw::kDescriptionChanges},
      {"descriptions contain no password", Flaw::kKeepsPasswords},
      {"the data of a source come back, and again", Flaw::kDataChange},
      {"a description of another type is INVALID_PARAMETER_VALUE", Flaw::kTakesAnyType},
      {"a broken description is refused", Flaw::kTakesAnyDescription},
      {kAnswersManyAtOnce, Flaw::kAnswersChange},
  });
  const auto right = std::make_shared<KitSource>(Flaw::kNone);
  CHECK(complaints<DatasetSource>(dataset_source_kit(), right, spoiled, {{"source", "kit:table"}}) == "");
}

TEST_CASE("every check of the kit for project_backend finds a defect and passes what is right") {
  const auto spoiled = spoiled_by<ProjectBackend, Processes>({
      {"a job that ends well is finished", Flaw::kAlwaysFails},
      {"a job that ends with an error has failed", Flaw::kAlwaysFinishes},
      {"a program that is not there is a failure", Flaw::kMissingProgramFinishes},
      {"arguments and environment arrive unchanged", Flaw::kSplitsArguments},
      {"the job knows its run, experiment and server", Flaw::kDropsEnvironment},
      {"an unknown job is RESOURCE_DOES_NOT_EXIST", Flaw::kKnowsEveryJob},
      {"a job that is cancelled stops", Flaw::kCancellingFails},
      {"cancelling leaves a job that has ended as it is", Flaw::kCancelsEndedJobs},
      {"the log has all that was printed", Flaw::kNoErrorsInLog},
      {"the log comes while the job runs", Flaw::kLogAtTheEnd},
      {"16 jobs at once end each in its way", Flaw::kOneId},
      {"jobs are known after SIGKILL of the plugin", Flaw::kForgetsJobs},
  });
  const auto right = std::make_shared<Processes>(Flaw::kNone);
  CHECK(complaints<ProjectBackend>(project_backend_kit(), right, spoiled) == "");
}
