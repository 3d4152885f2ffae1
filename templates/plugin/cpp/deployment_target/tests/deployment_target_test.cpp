#include "deployment_target.h"

#include <cstdlib>

#include "check.h"

using namespace millrace;
using sample_plugin::SamplePlugin;

namespace {

namespace fs = std::filesystem;

void create(SamplePlugin& target, const std::string& name) {
  v1::plugin::NewDeployment request;
  request.set_name(name);
  request.set_model_uri("models:/m/1");
  request.set_model_directory("/");
  target.create_deployment({}, request);
}

v1::plugin::DeploymentKey key(const std::string& name) {
  v1::plugin::DeploymentKey key;
  key.set_name(name);
  return key;
}

std::string names(SamplePlugin& target) {
  std::string names;
  const auto list = target.list_deployments({}, {});
  for (const auto& deployment : list.deployments()) names += deployment.name() + " ";
  return names;
}

void a_deployment_lives_from_creation_to_deletion(SamplePlugin& target) {
  create(target, "b/\xc3\xa4");
  create(target, "a");
  check(names(target) == "a b/\xc3\xa4 ", "the deployments by name");
  v1::plugin::DeploymentChanges changes;
  changes.set_name("a");
  changes.set_model_uri("models:/m/2");
  target.update_deployment({}, changes);
  check(target.get_deployment({}, key("a")).model_uri() == "models:/m/2", "the model that serves now");
  target.delete_deployment({}, key("b/\xc3\xa4"));
  target.delete_deployment({}, key("none"));
  check(names(target) == "a ", "what is left");
}

void a_name_is_taken_once(SamplePlugin& target) {
  check_error(ErrorCode::kResourceAlreadyExists, "a second of that name", [&] { create(target, "a"); });
}

void a_missing_model_is_refused(SamplePlugin& target) {
  v1::plugin::NewDeployment request;
  request.set_name("n");
  request.set_model_directory("/no/such/folder");
  check_error(ErrorCode::kInvalidParameterValue, "a missing model",
              [&] { target.create_deployment({}, request); });
}

void the_limit_holds(SamplePlugin& target) {
  create(target, "b");
  check_error(ErrorCode::kResourceExhausted, "one more than the limit", [&] { create(target, "c"); });
}

void a_prediction_gives_the_input_back(SamplePlugin& target) {
  v1::plugin::Prediction request;
  request.set_deployment_name("a");
  request.set_input_json("{\"instances\": [1, 2]}");
  check(target.predict({}, request).output_json() == "{\"predictions\":[1,2]}", "the prediction");
  request.set_input_json("[1");
  check_error(ErrorCode::kInvalidParameterValue, "what is no JSON", [&] { target.predict({}, request); });
  request.set_deployment_name("none");
  check_error(ErrorCode::kResourceDoesNotExist, "an unknown deployment",
              [&] { target.predict({}, request); });
}

}  // namespace

int main() {
  std::string folder = (fs::temp_directory_path() / "sample_plugin-XXXXXX").string();
  check(mkdtemp(folder.data()) != nullptr, "a folder for the test");
  SamplePlugin target(options({{"limit", "2"}}, "sample-name:" + folder));
  a_deployment_lives_from_creation_to_deletion(target);
  a_name_is_taken_once(target);
  a_missing_model_is_refused(target);
  the_limit_holds(target);
  a_prediction_gives_the_input_back(target);
  fs::remove_all(folder);
}
