#include "conformance/plugins/deployment_checks.h"

namespace millrace::conformance {
namespace {

using v1::plugin::Endpoint;
using v1::plugin::EndpointKey;

const CallContext kContext;

DeploymentCheck with_endpoints(const std::string& name, void (*run)(Deployments&)) {
  return {Theme::kCorrectness, name, [run](Subject<DeploymentTarget>& subject, const Effort&) {
            require_capability(subject, "endpoints");
            Deployments deployments(subject);
            run(deployments);
          }};
}

EndpointKey key_of(const std::string& name) {
  EndpointKey key;
  key.set_name(name);
  return key;
}

std::string names_of_endpoints(const Deployments& deployments) {
  std::string names;
  const auto list = deployments.target().list_endpoints(kContext, {});
  for (const auto& endpoint : list.endpoints()) names += endpoint.name() + " ";
  return names;
}

void endpoints_are_listed_by_name(Deployments& deployments) {
  for (const char* name : {"kit-z", "kit-y"}) deployments.create_endpoint(name);
  require_equal(names_of_endpoints(deployments), "kit-y kit-z ", "the endpoints");
  require_equal(deployments.target().get_endpoint(kContext, key_of("kit-y")).name(), "kit-y",
                "the name of an endpoint");
}

void a_taken_endpoint_is_refused(Deployments& deployments) {
  deployments.create_endpoint("kit-z");
  require_error([&] { deployments.create_endpoint("kit-z"); }, ErrorCode::kResourceAlreadyExists,
                "making an endpoint of a name that is taken");
}

void an_unknown_endpoint_does_not_exist(Deployments& deployments) {
  require_error([&] { deployments.target().get_endpoint(kContext, key_of("kit-unknown")); },
                ErrorCode::kResourceDoesNotExist, "asking for an endpoint that is not there");
  Endpoint changes;
  changes.set_name("kit-unknown");
  require_error([&] { deployments.target().update_endpoint(kContext, changes); },
                ErrorCode::kResourceDoesNotExist, "changing an endpoint that is not there");
  require_error([&] { deployments.create("kit-a", "kit-unknown"); }, ErrorCode::kResourceDoesNotExist,
                "a deployment in an endpoint that is not there");
  deployments.target().delete_endpoint(kContext, key_of("kit-unknown"));
}

void endpoints_keep_deployments_apart(Deployments& deployments) {
  for (const char* name : {"kit-y", "kit-z"}) {
    deployments.create_endpoint(name);
    auto request = deployments.request("kit-a", name);
    request.set_model_uri(std::string("models:/") + name + "/1");
    deployments.create(request);
  }
  require_equal(deployments.get("kit-a", "kit-y").model_uri(), "models:/kit-y/1", "the model in an endpoint");
  deployments.remove("kit-a", "kit-y");
  require_count(static_cast<int64_t>(deployments.list("kit-y").size()), 0, "deployments that are left");
  require_equal(deployments.get("kit-a", "kit-z").model_uri(), "models:/kit-z/1",
                "the model of the same name in another endpoint");
}

void deleting_an_endpoint_takes_its_deployments(Deployments& deployments) {
  deployments.create_endpoint("kit-z");
  deployments.create("kit-a", "kit-z");
  deployments.target().delete_endpoint(kContext, key_of("kit-z"));
  require_equal(names_of_endpoints(deployments), "", "the endpoints that are left");
  deployments.create_endpoint("kit-z");
  require_count(static_cast<int64_t>(deployments.list("kit-z").size()), 0,
                "deployments of an endpoint that is made again");
}

}  // namespace

std::vector<DeploymentCheck> deployment_endpoint_checks() {
  return {
      with_endpoints("endpoints are listed by name", endpoints_are_listed_by_name),
      with_endpoints("an endpoint that is taken is RESOURCE_ALREADY_EXISTS", a_taken_endpoint_is_refused),
      with_endpoints("an endpoint that is not there is RESOURCE_DOES_NOT_EXIST",
                     an_unknown_endpoint_does_not_exist),
      with_endpoints("endpoints keep deployments of one name apart", endpoints_keep_deployments_apart),
      with_endpoints("deleting an endpoint takes its deployments",
                     deleting_an_endpoint_takes_its_deployments),
  };
}

}  // namespace millrace::conformance
