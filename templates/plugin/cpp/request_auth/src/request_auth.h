#pragma once

#include "millrace/registration.h"
#include "millrace/v1/plugin/request_auth.gen.h"

namespace sample_plugin {

/// Signs requests with a bearer token. Constant once made; any thread.
class SamplePlugin : public millrace::RequestAuth, public millrace::SelfCheck {
 public:
  /// Throws INVALID_PARAMETER_VALUE when the token cannot stand in a header.
  explicit SamplePlugin(const millrace::PluginOptions& options);

  /// Throws UNAUTHENTICATED after a server refused the token: there is no other.
  millrace::v1::plugin::SignedHeaders sign(const millrace::CallContext& context,
                                           const millrace::v1::plugin::RequestToSign& request) override;

  millrace::v1::plugin::CheckReport check() override;

 private:
  millrace::Secret token_;
};

}  // namespace sample_plugin
