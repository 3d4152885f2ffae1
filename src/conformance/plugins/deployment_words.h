#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "conformance/plugins/common.h"
#include "millrace/v1/plugin/deployment_target.gen.h"

namespace millrace::conformance {

/// Deployments of a target in few words; needs the sample "model". What was made is deleted in the end, since
/// it may be a process or a machine that outlives the plugin. Any thread may create, one may reopen.
class Deployments {
 public:
  explicit Deployments(Subject<DeploymentTarget>& subject);
  ~Deployments();
  Deployments(const Deployments&) = delete;
  Deployments& operator=(const Deployments&) = delete;

  DeploymentTarget& target() const { return *target_; }
  /// Opens the target again, after it was killed.
  void reopen();

  /// For the sample's model under that name.
  v1::plugin::NewDeployment request(const std::string& name, const std::string& endpoint = "") const;
  v1::plugin::Deployment create(const v1::plugin::NewDeployment& request);
  v1::plugin::Deployment create(const std::string& name, const std::string& endpoint = "");
  v1::plugin::Deployment get(const std::string& name, const std::string& endpoint = "") const;
  void remove(const std::string& name, const std::string& endpoint = "") const;
  std::string predict(const std::string& name, const std::string& input) const;
  /// Asks until the deployment serves or has failed.
  v1::plugin::Deployment settled(const std::string& name) const;
  /// Throws Failure with its message when it fails.
  void wait_until_serving(const std::string& name) const;

  /// Names in the order of the answer.
  std::vector<std::string> list(const std::string& endpoint = "") const;
  bool is_listed(const std::string& name) const;

  void create_endpoint(const std::string& name);

 private:
  Subject<DeploymentTarget>& subject_;
  std::shared_ptr<DeploymentTarget> target_;
  std::string model_;
  std::string flavor_;
  std::mutex mutex_;
  std::set<std::pair<std::string, std::string>> made_;  // name and endpoint
  std::set<std::string> endpoints_;
};

v1::plugin::DeploymentKey deployment_key(const std::string& name, const std::string& endpoint = "");

}  // namespace millrace::conformance
