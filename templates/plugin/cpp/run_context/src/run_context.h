#pragma once

#include "millrace/registration.h"
#include "millrace/v1/plugin/run_context.gen.h"

namespace sample_plugin {

/// Tags runs with where they were made: the machine, and the variables of a CI job. Constant once made; any
/// thread.
class SamplePlugin : public millrace::RunContext {
 public:
  explicit SamplePlugin(const millrace::PluginOptions& options);

  millrace::v1::plugin::RunContextTags get_tags(
      const millrace::CallContext& context, const millrace::v1::plugin::RunContextQuery& request) override;

 private:
  std::string prefix_;
};

}  // namespace sample_plugin
