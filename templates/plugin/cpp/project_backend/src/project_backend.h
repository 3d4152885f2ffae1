#pragma once

#include "millrace/registration.h"
#include "millrace/v1/plugin/project_backend.gen.h"

namespace sample_plugin {

/// Runs projects as processes of this machine. What is known of a job stands in a folder below its storage
/// directory: the group of its processes, its output, and, when it has ended, its exit status. So a job runs
/// on, and is known, when the plugin ends. Constant once made; any thread.
class SamplePlugin : public millrace::ProjectBackend {
 public:
  /// Throws INVALID_PARAMETER_VALUE for a 'nice' outside of 0 to 19.
  explicit SamplePlugin(const millrace::PluginOptions& options);

  millrace::v1::plugin::JobHandle submit(const millrace::CallContext& context,
                                         const millrace::v1::plugin::ProjectJob& request) override;
  millrace::v1::plugin::JobStatus get_job(const millrace::CallContext& context,
                                          const millrace::v1::plugin::JobHandle& request) override;
  millrace::v1::plugin::JobStatus cancel_job(const millrace::CallContext& context,
                                             const millrace::v1::plugin::JobHandle& request) override;
  /// Ends when the job does, and when the call has no time left.
  std::unique_ptr<millrace::ByteSource> read_log(const millrace::CallContext& context,
                                                 const millrace::v1::plugin::JobHandle& request) override;

 private:
  int64_t nice_;
};

}  // namespace sample_plugin
