#pragma once

#include "millrace/registration.h"
#include "millrace/v1/plugin/server_app.gen.h"

namespace sample_plugin {

/// Lets in who has a bearer token. Constant once made; any thread.
class SamplePlugin : public millrace::ServerApp {
 public:
  /// Throws INVALID_PARAMETER_VALUE unless the setting 'tokens' is USER=TOKEN, separated by commas.
  explicit SamplePlugin(const millrace::PluginOptions& options);

  millrace::v1::plugin::Authentication authenticate(
      const millrace::CallContext& context, const millrace::v1::plugin::Credentials& request) override;

 private:
  struct User {
    std::string name;
    millrace::Secret token;
  };

  std::string user_of(std::string_view token) const;

  std::vector<User> users_;
};

}  // namespace sample_plugin
