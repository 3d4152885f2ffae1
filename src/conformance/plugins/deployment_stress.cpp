#include <algorithm>
#include <atomic>

#include "conformance/crew.h"
#include "conformance/interruption.h"
#include "conformance/plugins/deployment_checks.h"

namespace millrace::conformance {
namespace {

constexpr int kCallers = 16;

void what_finds_no_space_is_refused(Subject<DeploymentTarget>& subject, const Effort&) {
  Deployments deployments(subject);
  deployments.create("kit-a");
  subject.deny(Denial::kSpace);
  auto request = deployments.request("kit-b");
  (*request.mutable_configuration())["description"] = std::string(100'000, 'x');
  require_refusal([&] { deployments.create(request); }, "a deployment that cannot be kept");
  subject.permit();
  require(!deployments.is_listed("kit-b"), "a deployment that was refused is listed");
  require(deployments.is_listed("kit-a"), "a deployment that was there is lost");
}

void a_name_is_given_once(Subject<DeploymentTarget>& subject, const Effort&) {
  Deployments deployments(subject);
  std::atomic<int> taken{0};
  all_at_once(kCallers, [&](int) {
    try {
      deployments.create("kit-a");
      ++taken;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kResourceAlreadyExists) throw;
    }
  });
  require_count(taken, 1, "callers who were given one name");
  require_count(static_cast<int64_t>(deployments.list().size()), 1, "deployments");
}

void all_are_there(Subject<DeploymentTarget>& subject, const Effort&) {
  Deployments deployments(subject);
  all_at_once(kCallers, [&](int number) {
    auto request = deployments.request("kit-" + std::to_string(number));
    request.set_model_uri("models:/kit/" + std::to_string(number));
    deployments.create(request);
  });
  for (int number = 0; number < kCallers; ++number) {
    require_equal(deployments.get("kit-" + std::to_string(number)).model_uri(),
                  "models:/kit/" + std::to_string(number), "the model of one of many");
  }
  require_count(static_cast<int64_t>(deployments.list().size()), kCallers, "deployments");
}

std::string name_of(int writer, int count) {
  return "kit-" + std::to_string(writer) + "-" + std::to_string(count);
}

void what_was_acknowledged_survives(Subject<DeploymentTarget>& subject, const Effort&) {
  Deployments deployments(subject);
  std::vector<int> acknowledged(2);
  kill_in_mid_write(subject, 2, 10, [&](int writer, int count) {
    deployments.create(name_of(writer, count));
    acknowledged.at(static_cast<size_t>(writer)) = count + 1;
  });
  deployments.reopen();
  for (int writer = 0; writer < 2; ++writer) {
    for (int i = 0; i < acknowledged.at(static_cast<size_t>(writer)); ++i)
      require(deployments.is_listed(name_of(writer, i)), "a deployment is lost by a kill");
  }
  for (const std::string& name : deployments.list()) {
    require_equal(deployments.get(name).model_uri(), "models:/kit/1",
                  "the model of a deployment that is listed after a kill");
  }
}

void what_was_deleted_stays_so(Subject<DeploymentTarget>& subject, const Effort&) {
  Deployments deployments(subject);
  deployments.create("kit-a");
  deployments.create("kit-b");
  deployments.remove("kit-a");
  subject.kill();
  deployments.reopen();
  require(!deployments.is_listed("kit-a"), "a deployment that was deleted is back after a kill");
  require(deployments.is_listed("kit-b"), "a deployment is lost by a kill");
}

}  // namespace

std::vector<DeploymentCheck> deployment_stress_checks() {
  return {
      {Theme::kRefusal, "a deployment that finds the disk full is refused and not listed",
       what_finds_no_space_is_refused},
      {Theme::kConcurrency, "of 16 who ask for one name one gets it", a_name_is_given_once},
      {Theme::kConcurrency, "16 deployments made at once are all there", all_are_there},
      {Theme::kCrash, "what was acknowledged survives SIGKILL and is whole", what_was_acknowledged_survives},
      {Theme::kCrash, "what was deleted stays so after SIGKILL", what_was_deleted_stays_so},
  };
}

}  // namespace millrace::conformance
