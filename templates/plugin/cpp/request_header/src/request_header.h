#pragma once

#include "millrace/registration.h"
#include "millrace/v1/plugin/request_header.gen.h"

namespace sample_plugin {

/// Adds a header to the requests of a client. Constant once made; any thread.
class SamplePlugin : public millrace::RequestHeader {
 public:
  /// Throws INVALID_PARAMETER_VALUE for a name or a value that a header cannot have.
  explicit SamplePlugin(const millrace::PluginOptions& options);

  /// Does not apply where no value is set.
  millrace::v1::plugin::HeaderList get_headers(const millrace::CallContext& context,
                                               const millrace::v1::plugin::HeaderQuery& request) override;

 private:
  std::string name_;
  std::string value_;
};

}  // namespace sample_plugin
