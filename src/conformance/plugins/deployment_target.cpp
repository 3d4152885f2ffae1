#include <array>
#include <iterator>

#include "conformance/kits.h"
#include "conformance/plugins/deployment_checks.h"
#include "millrace/v1/plugin/deployment_target.gen.h"

namespace millrace::conformance {
namespace {

using v1::plugin::Deployment;
using v1::plugin::DeploymentChanges;

const CallContext kContext;

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += name + " ";
  return text;
}

void require_missing(const Deployments& deployments, const std::string& name, const std::string& what) {
  require_error([&] { deployments.get(name); }, ErrorCode::kResourceDoesNotExist, what);
}

void what_was_accepted_serves(Deployments& deployments) {
  deployments.create("kit-a");
  deployments.wait_until_serving("kit-a");
  require(deployments.is_listed("kit-a"), "a deployment that serves is not listed");
}

void require_as_asked(const Deployment& deployment, const v1::plugin::NewDeployment& asked,
                      const std::string& what) {
  require_equal(deployment.name(), asked.name(), "the name in " + what);
  require_equal(deployment.model_uri(), asked.model_uri(), "the model in " + what);
  if (!asked.flavor().empty()) require_equal(deployment.flavor(), asked.flavor(), "the flavor in " + what);
}

void a_deployment_tells_what_it_was_made_from(Deployments& deployments) {
  auto asked = deployments.request("kit-a");
  asked.set_model_uri("runs:/0123456789abcdef0123456789abcdef/a model \xc3\xa4");
  require_as_asked(deployments.create(asked), asked, "the answer to its creation");
  require_as_asked(deployments.get("kit-a"), asked, "the deployment");
}

// Names that lead elsewhere when they become part of a path, a command or a URL.
const std::array<std::string, 8> kStrangeNames{
    "kit ../../kit", "..",         "kit/a",          "kit?a=1#b",
    "kit'; exit 1",  "kit \"a\" ", "kit\n[section]", "kit-\xf0\x9f\x9a\x80"};

void strange_names_are_kept_or_refused(Deployments& deployments) {
  for (const std::string& name : kStrangeNames) {
    try {
      deployments.create(name);
    } catch (const Error& error) {
      require(error.code() == ErrorCode::kInvalidParameterValue,
              "the name '" + name + "' is refused with " + std::string(error_code_name(error.code())) +
                  " instead of INVALID_PARAMETER_VALUE");
      require(!deployments.is_listed(name), "the name '" + name + "' was refused and is listed");
      continue;
    }
    require_equal(deployments.get(name).name(), name, "a name that was taken");
    require(deployments.is_listed(name), "the name '" + name + "' was taken and is not listed");
  }
}

void letter_case_tells_names_apart(Deployments& deployments) {
  deployments.create("kit-a");
  require_error([&] { deployments.get("KIT-A"); }, ErrorCode::kResourceDoesNotExist,
                "a name in other letter case");
}

void a_taken_name_is_refused(Deployments& deployments) {
  deployments.create("kit-a");
  auto other = deployments.request("kit-a");
  other.set_model_uri("models:/kit/2");
  require_error([&] { deployments.create(other); }, ErrorCode::kResourceAlreadyExists,
                "making a deployment of a name that is taken");
  require_equal(deployments.get("kit-a").model_uri(), "models:/kit/1", "the model of the one that was there");
}

void what_is_not_there_does_not_exist(Deployments& deployments) {
  require_missing(deployments, "kit-unknown", "asking for what is not there");
  DeploymentChanges changes;
  changes.set_name("kit-unknown");
  require_error([&] { deployments.target().update_deployment(kContext, changes); },
                ErrorCode::kResourceDoesNotExist, "changing what is not there");
  require(!deployments.is_listed("kit-unknown"), "changing what is not there makes it");
}

void deleting_frees_the_name(Deployments& deployments) {
  deployments.create("kit-a");
  deployments.create("kit-b");
  deployments.remove("kit-a");
  require_missing(deployments, "kit-a", "asking for what was deleted");
  require_equal(joined(deployments.list()), "kit-b ", "what is left");
  auto again = deployments.request("kit-a");
  again.set_model_uri("models:/kit/2");
  deployments.create(again);
  require_equal(deployments.get("kit-a").model_uri(), "models:/kit/2", "the model of one that is made again");
}

void deleting_nothing_is_no_error(Deployments& deployments) {
  deployments.remove("kit-unknown");
  deployments.create("kit-a");
  deployments.remove("kit-a");
  deployments.remove("kit-a");
}

void the_list_is_by_name(Deployments& deployments) {
  require_equal(joined(deployments.list()), "", "the list of a new target");
  for (const char* name : {"kit-c", "kit-a", "kit-b", "kit-10", "kit-9"}) deployments.create(name);
  require_equal(joined(deployments.list()), "kit-10 kit-9 kit-a kit-b kit-c ", "the list");
}

void an_update_changes_what_it_names(Deployments& deployments) {
  deployments.create("kit-a");
  deployments.create("kit-b");
  deployments.wait_until_serving("kit-a");
  const std::string flavor = deployments.get("kit-a").flavor();
  DeploymentChanges changes;
  changes.set_name("kit-a");
  changes.set_model_uri("models:/kit/2");
  changes.set_model_directory(deployments.request("kit-a").model_directory());
  deployments.target().update_deployment(kContext, changes);
  deployments.wait_until_serving("kit-a");
  require_equal(deployments.get("kit-a").model_uri(), "models:/kit/2", "the model after an update");
  require_equal(deployments.get("kit-a").flavor(), flavor, "the flavor, which the update did not name");
  require_equal(deployments.get("kit-b").model_uri(), "models:/kit/1", "the model of another deployment");
}

void an_empty_update_changes_nothing(Deployments& deployments) {
  deployments.create("kit-a");
  DeploymentChanges changes;
  changes.set_name("kit-a");
  deployments.target().update_deployment(kContext, changes);
  deployments.wait_until_serving("kit-a");
  require_equal(deployments.get("kit-a").model_uri(), "models:/kit/1",
                "the model after an update without one");
}

void answers_show_no_secret(Deployments& deployments, const std::string& secret) {
  require_no_credential(deployments.create("kit-a").SerializeAsString(), secret, "a new deployment");
  deployments.wait_until_serving("kit-a");
  require_no_credential(deployments.get("kit-a").SerializeAsString(), secret, "a deployment");
}

void a_missing_model_is_refused(Deployments& deployments) {
  auto request = deployments.request("kit-a");
  request.set_model_directory(request.model_directory() + "/no-such-folder");
  try {
    deployments.create(request);
  } catch (const Error&) {
    require_missing(deployments, "kit-a", "asking for what was refused");
    return;
  }
  const Deployment deployment = deployments.settled("kit-a");
  require(deployment.state() == Deployment::DEPLOYMENT_STATE_FAILED,
          "a model that is not there is said to be served");
  require(!deployment.message().empty(), "a deployment has failed and does not tell why");
}

DeploymentCheck with_secret() {
  return {Theme::kCorrectness, "answers do not show the secret",
          [](Subject<DeploymentTarget>& subject, const Effort&) {
            const std::string secret = subject.sample("secret");
            Deployments deployments(subject);
            answers_show_no_secret(deployments, secret);
          }};
}

std::string call(DeploymentTarget& target) {
  try {
    target.get_deployment(kContext, deployment_key("kit-unknown"));
  } catch (const Error& error) {
    return std::to_string(target.list_deployments(kContext, {}).deployments_size()) + " " +
           std::string(error_code_name(error.code()));
  }
  return "an unknown deployment is there";
}

}  // namespace

DeploymentCheck on_target(Theme theme, const std::string& name, void (*run)(Deployments&)) {
  return {theme, name, [run](Subject<DeploymentTarget>& subject, const Effort&) {
            Deployments deployments(subject);
            run(deployments);
          }};
}

Kit<DeploymentTarget> deployment_target_kit() {
  const auto correct = [](const char* name, void (*run)(Deployments&)) {
    return on_target(Theme::kCorrectness, name, run);
  };
  Kit<DeploymentTarget> kit{
      "deployment_target",
      {correct("what was accepted serves and is listed", what_was_accepted_serves),
       correct("a deployment tells what it was made from", a_deployment_tells_what_it_was_made_from),
       correct("a strange name is kept as it is or refused", strange_names_are_kept_or_refused),
       correct("letter case tells names apart", letter_case_tells_names_apart),
       correct("a name that is taken is RESOURCE_ALREADY_EXISTS", a_taken_name_is_refused),
       correct("what is not there is RESOURCE_DOES_NOT_EXIST", what_is_not_there_does_not_exist),
       correct("deleting takes one away and frees its name", deleting_frees_the_name),
       correct("deleting what is not there does nothing", deleting_nothing_is_no_error),
       correct("the list has each once, by name", the_list_is_by_name),
       correct("an update changes what it names and nothing else", an_update_changes_what_it_names),
       correct("an update that names nothing changes nothing", an_empty_update_changes_nothing),
       with_secret(),
       on_target(Theme::kRefusal, "a model that is not there is refused or fails",
                 a_missing_model_is_refused)}};
  for (const auto& part :
       {deployment_prediction_checks(), deployment_endpoint_checks(), deployment_stress_checks()})
    kit.checks.insert(kit.checks.end(), part.begin(), part.end());
  add_stress_checks(kit, call);
  return kit;
}

}  // namespace millrace::conformance
