#pragma once

#include "job_folder.h"
#include "millrace/registration.h"
#include "millrace/v1/plugin/project_backend.gen.h"

namespace sample_plugin {

/// Starts the job's command in a session of its own, so that it does not end with the plugin; its output and,
/// at its end, its exit status go into the folder. Throws TEMPORARILY_UNAVAILABLE when it cannot be started.
void start_job(const millrace::v1::plugin::ProjectJob& job, int64_t nice, const JobFolder& folder);

}  // namespace sample_plugin
