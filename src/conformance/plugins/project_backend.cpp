#include <chrono>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "base/ids.h"
#include "conformance/kits.h"
#include "conformance/plugins/common.h"
#include "millrace/v1/plugin/project_backend.gen.h"

namespace millrace::conformance {
namespace {

using v1::plugin::JobHandle;
using v1::plugin::JobStatus;
using v1::plugin::ProjectJob;

const CallContext kContext;

// A job in folders of its own, which are there as long as this is.
class Job {
 public:
  explicit Job(const std::string& script)
      : folder_(std::filesystem::temp_directory_path() / ("millrace-job-" + random_token(12))) {
    for (const char* part : {"project", "storage"}) std::filesystem::create_directories(folder_ / part);
    job_.set_run_id(random_hex_id());
    job_.set_experiment_id("0");
    job_.set_tracking_uri("http://127.0.0.1:1");
    job_.set_working_directory((folder_ / "project").string());
    job_.set_storage_directory((folder_ / "storage").string());
    for (const std::string& word : {std::string("/bin/sh"), std::string("-c"), script})
      job_.add_command(word);
  }
  ~Job() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  ProjectJob& message() { return job_; }

 private:
  std::filesystem::path folder_;
  ProjectJob job_;
};

bool has_ended(const JobStatus& status) {
  return status.state() == JobStatus::STATE_FINISHED || status.state() == JobStatus::STATE_FAILED ||
         status.state() == JobStatus::STATE_CANCELLED;
}

// A backend is asked again and again, since it has no other way to tell. The time limit of the check ends
// this.
JobStatus wait_for_end(ProjectBackend& backend, const JobHandle& handle) {
  while (true) {
    const JobStatus status = backend.get_job(kContext, handle);
    if (has_ended(status)) return status;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

JobStatus outcome_of(ProjectBackend& backend, Job& job) {
  return wait_for_end(backend, backend.submit(kContext, job.message()));
}

void require_state(const JobStatus& status, JobStatus::State state) {
  require_equal(JobStatus::State_Name(status.state()), JobStatus::State_Name(state),
                "the state of the job (" + status.message() + ")");
}

void a_good_job_finishes(ProjectBackend& backend) {
  Job job("exit 0");
  const JobStatus status = outcome_of(backend, job);
  require_state(status, JobStatus::STATE_FINISHED);
  require(!status.has_exit_status() || status.exit_status() == 0,
          "a job that ended well has another exit status than 0");
}

void a_bad_job_fails(ProjectBackend& backend) {
  Job job("exit 3");
  const JobStatus status = outcome_of(backend, job);
  require_state(status, JobStatus::STATE_FAILED);
  require(!status.has_exit_status() || status.exit_status() == 3,
          "a job that ended with 3 has another exit status");
}

void a_missing_program_fails(ProjectBackend& backend) {
  Job job("");
  job.message().clear_command();
  job.message().add_command("/no/such/program");
  try {
    require_state(outcome_of(backend, job), JobStatus::STATE_FAILED);
  } catch (const Error&) {
    return;  // refused at once, which is as good
  }
}

void arguments_arrive_unchanged(ProjectBackend& backend) {
  const std::string argument = "a b'c\"d$HOME*\xf0\x9f\x9a\x80\n;exit 1";
  Job job("test \"$1\" = \"$KIT_EXPECTED\"");
  job.message().add_command("sh");
  job.message().add_command(argument);
  (*job.message().mutable_environment())["KIT_EXPECTED"] = argument;
  require_state(outcome_of(backend, job), JobStatus::STATE_FINISHED);
}

void the_run_is_in_the_environment(ProjectBackend& backend) {
  Job job("test \"$MLFLOW_RUN_ID/$MLFLOW_EXPERIMENT_ID/$MLFLOW_TRACKING_URI\" = \"$KIT_EXPECTED\"");
  (*job.message().mutable_environment())["KIT_EXPECTED"] = job.message().run_id() + "/0/http://127.0.0.1:1";
  require_state(outcome_of(backend, job), JobStatus::STATE_FINISHED);
}

void an_unknown_job_does_not_exist(ProjectBackend& backend) {
  JobHandle handle;
  handle.set_job_id("kit-unknown-job");
  require_error([&] { backend.get_job(kContext, handle); }, ErrorCode::kResourceDoesNotExist,
                "asking for an unknown job");
  require_error([&] { backend.cancel_job(kContext, handle); }, ErrorCode::kResourceDoesNotExist,
                "cancelling an unknown job");
}

void a_cancelled_job_stops(ProjectBackend& backend) {
  Job job("sleep 600");
  const JobHandle handle = backend.submit(kContext, job.message());
  require(!has_ended(backend.get_job(kContext, handle)), "a job of ten minutes has ended at once");
  backend.cancel_job(kContext, handle);
  require_state(wait_for_end(backend, handle), JobStatus::STATE_CANCELLED);
}

void an_ended_job_stays_ended(ProjectBackend& backend) {
  Job job("exit 0");
  const JobHandle handle = backend.submit(kContext, job.message());
  wait_for_end(backend, handle);
  require_state(backend.cancel_job(kContext, handle), JobStatus::STATE_FINISHED);
  require_state(backend.get_job(kContext, handle), JobStatus::STATE_FINISHED);
}

std::string read_all(ByteSource& log) {
  std::string text;
  std::vector<char> piece(1000);
  while (const size_t count = log.read(piece)) text.append(piece.data(), count);
  return text;
}

void the_log_has_what_was_printed(ProjectBackend& backend) {
  Job job("echo to the output; echo to the errors >&2; exit 1");
  const JobHandle handle = backend.submit(kContext, job.message());
  const std::string log = read_all(*backend.read_log(kContext, handle));
  require(log.find("to the output\n") != std::string::npos, "the log lacks what was printed: '" + log + "'");
  require(log.find("to the errors\n") != std::string::npos,
          "the log lacks what was printed as an error: '" + log + "'");
  require(read_all(*backend.read_log(kContext, handle)) == log, "the log differs when it is read again");
}

void the_log_streams(ProjectBackend& backend) {
  Job job("echo first; sleep 600");
  const JobHandle handle = backend.submit(kContext, job.message());
  const auto log = backend.read_log(kContext, handle);
  std::string text;
  std::vector<char> piece(1000);
  while (text.find("first\n") == std::string::npos) {
    const size_t count = log->read(piece);
    require(count > 0, "the log ends while the job runs");
    text.append(piece.data(), count);
  }
  require(!has_ended(backend.get_job(kContext, handle)),
          "the log comes when the job has ended and not before");
  backend.cancel_job(kContext, handle);
  read_all(*log);
}

void many_jobs_run(Subject<ProjectBackend>& subject, const Effort& effort) {
  const auto backend = subject.open_new();
  std::mutex mutex;
  std::set<std::string> ids;
  const int count = effort.of(16, 8);
  all_at_once(count, [&](int number) {
    Job job("exit " + std::to_string(number));
    const JobHandle handle = backend->submit(kContext, job.message());
    require_state(wait_for_end(*backend, handle),
                  number == 0 ? JobStatus::STATE_FINISHED : JobStatus::STATE_FAILED);
    const std::lock_guard lock(mutex);
    ids.insert(handle.job_id());
  });
  require_count(static_cast<int64_t>(ids.size()), count, "different ids of jobs");
}

void jobs_outlive_the_plugin(Subject<ProjectBackend>& subject, const Effort&) {
  Job job("exit 0");
  JobHandle handle;
  {
    const auto backend = subject.open_new();
    handle = backend->submit(kContext, job.message());
    wait_for_end(*backend, handle);
  }
  subject.kill();
  require(has_ended(subject.reopen()->get_job(kContext, handle)),
          "a job that had ended has not after a kill");
}

}  // namespace

Kit<ProjectBackend> project_backend_kit() {
  const auto logs = [](const char* name, void (*run)(ProjectBackend&)) {
    return with_capability_of<ProjectBackend>("logs", name, run);
  };
  return {"project_backend",
          {on_new("a job that ends well is finished", a_good_job_finishes),
           on_new("a job that ends with an error has failed", a_bad_job_fails),
           on_new("a program that is not there is a failure", a_missing_program_fails),
           on_new("arguments and environment arrive unchanged", arguments_arrive_unchanged),
           on_new("the job knows its run, experiment and server", the_run_is_in_the_environment),
           on_new("an unknown job is RESOURCE_DOES_NOT_EXIST", an_unknown_job_does_not_exist),
           on_new("a job that is cancelled stops", a_cancelled_job_stops),
           on_new("cancelling leaves a job that has ended as it is", an_ended_job_stays_ended),
           logs("the log has all that was printed", the_log_has_what_was_printed),
           logs("the log comes while the job runs", the_log_streams),
           {Theme::kConcurrency, "16 jobs at once end each in its way", many_jobs_run},
           {Theme::kCrash, "jobs are known after SIGKILL of the plugin", jobs_outlive_the_plugin}}};
}

}  // namespace millrace::conformance
