#include "conformance/endurance.h"
#include "conformance/plugins/deployment_checks.h"

namespace millrace::conformance {
namespace {

const CallContext kContext;

// A check with a deployment that serves, and a sample of the subject.
DeploymentCheck on_serving(const std::string& sample, const std::string& name,
                           void (*run)(Deployments&, const std::string& sample)) {
  return {Theme::kCorrectness, name, [sample, run](Subject<DeploymentTarget>& subject, const Effort&) {
            const std::string given = subject.sample(sample);
            Deployments deployments(subject);
            deployments.create("kit-a");
            deployments.wait_until_serving("kit-a");
            run(deployments, given);
          }};
}

void a_prediction_is_json(Deployments& deployments, const std::string& input) {
  require_json(deployments.predict("kit-a", input), "a prediction");
}

void a_prediction_is_what_the_model_says(Subject<DeploymentTarget>& subject, const Effort&) {
  const std::string input = subject.sample("input");
  const std::string output = subject.sample("output");
  Deployments deployments(subject);
  deployments.create("kit-a");
  deployments.wait_until_serving("kit-a");
  require_same_json(deployments.predict("kit-a", input), output, "a prediction");
}

void an_unknown_deployment_does_not_predict(Deployments& deployments) {
  require_error([&] { deployments.predict("kit-unknown", R"({"inputs": []})"); },
                ErrorCode::kResourceDoesNotExist, "a prediction of what is not there");
}

void a_deleted_deployment_does_not_predict(Deployments& deployments, const std::string& input) {
  deployments.predict("kit-a", input);
  deployments.remove("kit-a");
  require_error([&] { deployments.predict("kit-a", input); }, ErrorCode::kResourceDoesNotExist,
                "a prediction of what was deleted");
}

void input_that_is_no_json_is_refused(Deployments& deployments) {
  deployments.create("kit-a");
  deployments.wait_until_serving("kit-a");
  for (const char* input : {"", "{\"inputs\": ", "\xff\xfe"}) {
    require_error([&] { deployments.predict("kit-a", input); }, ErrorCode::kInvalidParameterValue,
                  "a prediction from '" + std::string(input) + "'");
  }
}

void an_explanation_is_json(Subject<DeploymentTarget>& subject, const Effort&) {
  require_capability(subject, "explain");
  const std::string input = subject.sample("input");
  Deployments deployments(subject);
  deployments.create("kit-a");
  deployments.wait_until_serving("kit-a");
  v1::plugin::Prediction question;
  question.set_deployment_name("kit-a");
  question.set_input_json(input);
  require_json(deployments.target().explain(kContext, question).output_json(), "an explanation");
  question.set_deployment_name("kit-unknown");
  require_error([&] { deployments.target().explain(kContext, question); }, ErrorCode::kResourceDoesNotExist,
                "an explanation of what is not there");
}

void predictions_leave_memory(Subject<DeploymentTarget>& subject, const Effort& effort) {
  const std::string input = subject.sample("input");
  Deployments deployments(subject);
  deployments.create("kit-a");
  deployments.wait_until_serving("kit-a");
  require_flat_memory(subject, effort.of(1000, 100), [&](int) { deployments.predict("kit-a", input); });
}

}  // namespace

std::vector<DeploymentCheck> deployment_prediction_checks() {
  return {
      on_serving("input", "a prediction is JSON", a_prediction_is_json),
      {Theme::kCorrectness, "a prediction is what the model says", a_prediction_is_what_the_model_says},
      on_target(Theme::kCorrectness, "what is not there does not predict",
                an_unknown_deployment_does_not_predict),
      on_serving("input", "what was deleted does not predict", a_deleted_deployment_does_not_predict),
      {Theme::kCorrectness, "an explanation is JSON", an_explanation_is_json},
      on_target(Theme::kRefusal, "an input that is no JSON is INVALID_PARAMETER_VALUE",
                input_that_is_no_json_is_refused),
      {Theme::kEndurance, kPredictionsLeaveMemory, predictions_leave_memory},
  };
}

}  // namespace millrace::conformance
