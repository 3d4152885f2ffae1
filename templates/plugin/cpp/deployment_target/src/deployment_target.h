#pragma once

#include <filesystem>
#include <mutex>

#include "millrace/registration.h"
#include "millrace/v1/plugin/deployment_target.gen.h"

namespace sample_plugin {

/// Deploys models into a folder, one file each, and answers requests with what they ask. A place to begin:
/// what is kept here as a file belongs to the serving system. Any thread.
class SamplePlugin : public millrace::DeploymentTarget, public millrace::SelfCheck {
 public:
  explicit SamplePlugin(const millrace::PluginOptions& options);

  millrace::v1::plugin::Deployment create_deployment(
      const millrace::CallContext& context, const millrace::v1::plugin::NewDeployment& request) override;
  millrace::v1::plugin::Deployment update_deployment(
      const millrace::CallContext& context, const millrace::v1::plugin::DeploymentChanges& request) override;
  millrace::v1::plugin::DeploymentDeleted delete_deployment(
      const millrace::CallContext& context, const millrace::v1::plugin::DeploymentKey& request) override;
  millrace::v1::plugin::Deployment get_deployment(
      const millrace::CallContext& context, const millrace::v1::plugin::DeploymentKey& request) override;
  millrace::v1::plugin::DeploymentList list_deployments(
      const millrace::CallContext& context, const millrace::v1::plugin::DeploymentQuery& request) override;
  /// The values of the first member of the input.
  millrace::v1::plugin::PredictionResult predict(const millrace::CallContext& context,
                                                 const millrace::v1::plugin::Prediction& request) override;

  millrace::v1::plugin::CheckReport check() override;

 private:
  std::filesystem::path file_of(const std::string& name) const;
  std::vector<std::filesystem::path> files() const;
  millrace::v1::plugin::Deployment find(const std::string& name) const;
  void keep(const millrace::v1::plugin::Deployment& deployment) const;

  std::filesystem::path folder_;
  size_t limit_;
  std::mutex writing_;
};

}  // namespace sample_plugin
