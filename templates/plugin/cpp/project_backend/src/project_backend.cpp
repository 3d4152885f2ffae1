#include "project_backend.h"

#include <signal.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "job_folder.h"
#include "job_process.h"

namespace sample_plugin {
namespace {

using namespace millrace;
using v1::plugin::JobStatus;

constexpr std::chrono::milliseconds kPause{100};  // between looks at a log that may grow

class Log : public ByteSource {
 public:
  Log(JobFolder folder, CallContext::Clock::time_point deadline)
      : folder_(std::move(folder)), deadline_(deadline), file_(folder_.log(), std::ios::binary) {}

  size_t read(std::span<char> buffer) override {
    while (CallContext::Clock::now() < deadline_) {
      const bool ended = !folder_.is_running();
      file_.clear();
      file_.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      const auto count = static_cast<size_t>(file_.gcount());
      if (count > 0 || ended) return count;
      std::this_thread::sleep_for(kPause);
    }
    throw Error(ErrorCode::kDeadlineExceeded, "The job runs longer than the call may.");
  }

 private:
  JobFolder folder_;
  CallContext::Clock::time_point deadline_;
  std::ifstream file_;
};

JobStatus status_of(const JobFolder& folder) {
  JobStatus status;
  const bool cancelled = folder.is_cancelled();
  const bool running = folder.is_running();
  const auto exit_status =
      folder.exit_status();  // after the look at the process, which writes it before it ends
  if (cancelled && !running) {
    status.set_state(JobStatus::STATE_CANCELLED);
    status.set_message("The job was cancelled.");
  } else if (exit_status) {
    status.set_state(*exit_status == 0 ? JobStatus::STATE_FINISHED : JobStatus::STATE_FAILED);
    status.set_exit_status(*exit_status);
  } else if (running) {
    status.set_state(JobStatus::STATE_RUNNING);
  } else {
    status.set_state(JobStatus::STATE_FAILED);
    status.set_message("The job was killed, or the machine restarted.");
  }
  return status;
}

}  // namespace

SamplePlugin::SamplePlugin(const PluginOptions& options)
    : nice_(options.has("nice") ? options.integer("nice") : 0) {
  if (nice_ < 0 || nice_ > 19) throw_invalid_parameter("The setting 'nice' must lie between 0 and 19.");
}

v1::plugin::JobHandle SamplePlugin::submit(const CallContext&, const v1::plugin::ProjectJob& request) {
  const JobFolder folder = JobFolder::make(request.storage_directory());
  start_job(request, nice_, folder);
  v1::plugin::JobHandle handle;
  handle.set_job_id(folder.id());
  return handle;
}

JobStatus SamplePlugin::get_job(const CallContext&, const v1::plugin::JobHandle& request) {
  return status_of(JobFolder::find(request.job_id()));
}

JobStatus SamplePlugin::cancel_job(const CallContext&, const v1::plugin::JobHandle& request) {
  const JobFolder folder = JobFolder::find(request.job_id());
  if (!folder.exit_status() && folder.is_running()) {
    folder.mark_cancelled();
    ::kill(-folder.group(), SIGTERM);
  }
  return status_of(folder);
}

std::unique_ptr<ByteSource> SamplePlugin::read_log(const CallContext& context,
                                                   const v1::plugin::JobHandle& request) {
  return std::make_unique<Log>(JobFolder::find(request.job_id()), context.deadline);
}

}  // namespace sample_plugin
