#include "project_backend.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "check.h"

using namespace millrace;
using sample_plugin::SamplePlugin;
using v1::plugin::JobStatus;

namespace {

namespace fs = std::filesystem;

v1::plugin::JobHandle start(SamplePlugin& backend, const std::string& folder, const std::string& script) {
  v1::plugin::ProjectJob job;
  job.set_run_id("r");
  job.set_working_directory(folder);
  job.set_storage_directory(folder);
  for (const std::string& word : {std::string("sh"), std::string("-c"), script}) job.add_command(word);
  return backend.submit({}, job);
}

// A backend is asked again and again, since it has no other way to tell.
JobStatus outcome(SamplePlugin& backend, const v1::plugin::JobHandle& handle) {
  for (int i = 0; i < 3000; ++i) {
    const JobStatus status = backend.get_job({}, handle);
    if (status.state() != JobStatus::STATE_RUNNING) return status;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  check(false, "the job ends");
  return {};
}

void a_job_finishes_and_its_output_is_kept(SamplePlugin& backend, const std::string& folder) {
  const auto handle = start(backend, folder, "echo $MLFLOW_RUN_ID");
  check(outcome(backend, handle).state() == JobStatus::STATE_FINISHED, "the job finishes");
  std::string log(100, '\0');
  log.resize(backend.read_log({}, handle)->read(log));
  check(log == "r\n", "the log has the output");
}

void a_job_fails_with_its_status(SamplePlugin& backend, const std::string& folder) {
  const JobStatus status = outcome(backend, start(backend, folder, "exit 3"));
  check(status.state() == JobStatus::STATE_FAILED && status.exit_status() == 3, "the job fails with 3");
}

void a_job_is_cancelled(SamplePlugin& backend, const std::string& folder) {
  const auto handle = start(backend, folder, "sleep 600");
  backend.cancel_job({}, handle);
  check(outcome(backend, handle).state() == JobStatus::STATE_CANCELLED, "the job is cancelled");
}

void an_unknown_job_does_not_exist(SamplePlugin& backend) {
  for (const char* id : {"", "x", "/etc", "/tmp/sample-plugin-none"}) {
    v1::plugin::JobHandle handle;
    handle.set_job_id(id);
    check_error(ErrorCode::kResourceDoesNotExist, "an unknown job", [&] { backend.get_job({}, handle); });
  }
}

}  // namespace

int main() {
  std::string folder = (fs::temp_directory_path() / "sample_plugin-XXXXXX").string();
  check(mkdtemp(folder.data()) != nullptr, "a folder for the test");
  SamplePlugin backend(options());
  a_job_finishes_and_its_output_is_kept(backend, folder);
  a_job_fails_with_its_status(backend, folder);
  a_job_is_cancelled(backend, folder);
  an_unknown_job_does_not_exist(backend);
  fs::remove_all(folder);
}
