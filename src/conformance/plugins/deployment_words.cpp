#include "conformance/plugins/deployment_words.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace millrace::conformance {
namespace {

using v1::plugin::Deployment;
using v1::plugin::NewDeployment;

const CallContext kContext;

// The end of a check, whatever it found: what is left is told by nobody else.
void quietly(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace

Deployments::Deployments(Subject<DeploymentTarget>& subject)
    : subject_(subject),
      target_(subject.open_new()),
      model_(subject.sample("model")),
      flavor_(sample_or(subject, "flavor", "")) {}

Deployments::~Deployments() {
  for (const auto& [name, endpoint] : made_) quietly([&] { remove(name, endpoint); });
  for (const std::string& name : endpoints_) {
    quietly([&] {
      v1::plugin::EndpointKey key;
      key.set_name(name);
      target_->delete_endpoint(kContext, key);
    });
  }
}

void Deployments::reopen() {
  target_ = subject_.reopen();
}

NewDeployment Deployments::request(const std::string& name, const std::string& endpoint) const {
  NewDeployment request;
  request.set_name(name);
  request.set_endpoint(endpoint);
  request.set_model_uri("models:/kit/1");
  request.set_model_directory(model_);
  request.set_flavor(flavor_);
  return request;
}

Deployment Deployments::create(const NewDeployment& request) {
  {
    const std::lock_guard lock(mutex_);
    made_.emplace(request.name(), request.endpoint());
  }
  return target_->create_deployment(kContext, request);
}

Deployment Deployments::create(const std::string& name, const std::string& endpoint) {
  return create(request(name, endpoint));
}

Deployment Deployments::get(const std::string& name, const std::string& endpoint) const {
  return target_->get_deployment(kContext, deployment_key(name, endpoint));
}

void Deployments::remove(const std::string& name, const std::string& endpoint) const {
  target_->delete_deployment(kContext, deployment_key(name, endpoint));
}

std::string Deployments::predict(const std::string& name, const std::string& input) const {
  v1::plugin::Prediction question;
  question.set_deployment_name(name);
  question.set_input_json(input);
  return target_->predict(kContext, question).output_json();
}

// A target has no way to tell by itself. The time limit of the check ends this.
Deployment Deployments::settled(const std::string& name) const {
  while (true) {
    Deployment deployment = get(name);
    if (deployment.state() != Deployment::DEPLOYMENT_STATE_STARTING) return deployment;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void Deployments::wait_until_serving(const std::string& name) const {
  const Deployment deployment = settled(name);
  require(deployment.state() == Deployment::DEPLOYMENT_STATE_SERVING,
          "the deployment does not serve: " + Deployment::DeploymentState_Name(deployment.state()) + " " +
              deployment.message());
}

std::vector<std::string> Deployments::list(const std::string& endpoint) const {
  v1::plugin::DeploymentQuery query;
  query.set_endpoint(endpoint);
  std::vector<std::string> names;
  const v1::plugin::DeploymentList answer = target_->list_deployments(kContext, query);
  for (const auto& deployment : answer.deployments()) names.push_back(deployment.name());
  return names;
}

bool Deployments::is_listed(const std::string& name) const {
  const std::vector<std::string> names = list();
  return std::find(names.begin(), names.end(), name) != names.end();
}

void Deployments::create_endpoint(const std::string& name) {
  endpoints_.insert(name);
  v1::plugin::Endpoint endpoint;
  endpoint.set_name(name);
  target_->create_endpoint(kContext, endpoint);
}

v1::plugin::DeploymentKey deployment_key(const std::string& name, const std::string& endpoint) {
  v1::plugin::DeploymentKey key;
  key.set_name(name);
  key.set_endpoint(endpoint);
  return key;
}

}  // namespace millrace::conformance
