// The kit for deployment_target against a small target that is right, and against the same with one defect.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>

#include "conformance/kits.h"
#include "conformance/plugins/fake_subject.h"
#include "millrace/v1/plugin/deployment_target.gen.h"

using namespace millrace;
using namespace millrace::conformance;
using namespace millrace::v1::plugin;

namespace {

// What can be wrong with the target of this file.
enum class Flaw {
  kNone,
  kFails,
  kRewritesUris,
  kCutsNames,
  kIgnoresCase,
  kReplaces,
  kUpdateMakes,
  kKeepsDeleted,
  kDeletingComplains,
  kUnordered,
  kUpdateIgnored,
  kUpdateClears,
  kShowsSecret,
  kTakesAnyModel,
  kAnswersAsPython,
  kAnswersWrong,
  kPredictsForAll,
  kPredictsAfterDelete,
  kExplainsInWords,
  kTakesAnyInput,
  kEndpointsUnordered,
  kEndpointsReplace,
  kTakesAnyEndpoint,
  kMixesEndpoints,
  kEndpointLeavesDeployments,
  kIgnoresFullDisk,
  kGivesNameTwice,
  kLosesUpdates,
  kForgetsAtKill,
  kUndeletesAtKill,
  kCodesChange,
};

void wait_a_little() {
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
}

// Serves nothing and answers any input with 42.
class Target : public DeploymentTarget, public Befallen {
 public:
  explicit Target(Flaw flaw) : flaw_(flaw) {}

  Deployment create_deployment(const CallContext&, const NewDeployment& request) override {
    if (!std::filesystem::is_directory(request.model_directory()) && flaw_ != Flaw::kTakesAnyModel)
      throw_invalid_parameter("there is no such model");
    if (request.name().find('\n') != std::string::npos) throw_invalid_parameter("no such names");
    if (full_ && flaw_ != Flaw::kIgnoresFullDisk) throw Error(ErrorCode::kResourceExhausted, "full");
    require_endpoint(request.endpoint());
    require_free(key_of(request.name(), request.endpoint()));
    if (flaw_ == Flaw::kGivesNameTwice) wait_a_little();
    return keep(request);
  }

  Deployment update_deployment(const CallContext&, const DeploymentChanges& changes) override {
    const std::lock_guard lock(mutex_);
    const auto found = deployments_.find(key_of(changes.name(), changes.endpoint()));
    if (found == deployments_.end()) {
      if (flaw_ == Flaw::kUpdateMakes) deployments_[key_of(changes.name(), "")].set_name(changes.name());
      throw_not_found("no such deployment");
    }
    const bool changed = changes.has_model_uri() && flaw_ != Flaw::kUpdateIgnored;
    if (changed || flaw_ == Flaw::kUpdateClears) found->second.set_model_uri(changes.model_uri());
    return found->second;
  }

  DeploymentDeleted delete_deployment(const CallContext&, const DeploymentKey& key) override {
    const std::lock_guard lock(mutex_);
    if (flaw_ == Flaw::kKeepsDeleted) return {};
    const auto found = deployments_.find(key_of(key.name(), key.endpoint()));
    if (found == deployments_.end()) {
      if (flaw_ == Flaw::kDeletingComplains) throw_not_found("no such deployment");
      return {};
    }
    deleted_.insert(*found);
    deployments_.erase(found);
    return {};
  }

  Deployment get_deployment(const CallContext&, const DeploymentKey& key) override {
    const std::lock_guard lock(mutex_);
    const auto found = deployments_.find(key_of(key.name(), key.endpoint()));
    if (found != deployments_.end()) return found->second;
    if (flaw_ == Flaw::kCodesChange && ++count_ % 5 == 0) throw_invalid_parameter("no such deployment");
    throw_not_found("no such deployment");
  }

  DeploymentList list_deployments(const CallContext&, const DeploymentQuery& query) override {
    const std::lock_guard lock(mutex_);
    DeploymentList list;
    for (const auto& [key, deployment] : deployments_) {
      if (deployment.endpoint() == query.endpoint()) *list.add_deployments() = deployment;
    }
    if (flaw_ == Flaw::kUnordered)
      std::reverse(list.mutable_deployments()->begin(), list.mutable_deployments()->end());
    return list;
  }

  PredictionResult predict(const CallContext& context, const Prediction& question) override {
    require_deployment(context, question.deployment_name());
    if (!question.input_json().ends_with('}') && flaw_ != Flaw::kTakesAnyInput)
      throw_invalid_parameter("no JSON");
    PredictionResult result;
    result.set_output_json(flaw_ == Flaw::kAnswersAsPython ? "{'predictions': [None]}"
                           : flaw_ == Flaw::kAnswersWrong  ? R"({"predictions": [41]})"
                                                           : R"({"predictions": [42]})");
    return result;
  }

  PredictionResult explain(const CallContext& context, const Prediction& question) override {
    PredictionResult result = predict(context, question);
    if (flaw_ == Flaw::kExplainsInWords) result.set_output_json("because");
    return result;
  }

  Endpoint create_endpoint(const CallContext&, const Endpoint& endpoint) override {
    const bool is_new = endpoints_.emplace(endpoint.name(), endpoint).second;
    if (!is_new && flaw_ != Flaw::kEndpointsReplace)
      throw Error(ErrorCode::kResourceAlreadyExists, "there is one");
    return endpoint;
  }

  Endpoint update_endpoint(const CallContext& context, const Endpoint& endpoint) override {
    EndpointKey key;
    key.set_name(endpoint.name());
    return get_endpoint(context, key);
  }

  DeploymentDeleted delete_endpoint(const CallContext&, const EndpointKey& key) override {
    endpoints_.erase(key.name());
    if (flaw_ != Flaw::kEndpointLeavesDeployments) {
      std::erase_if(deployments_, [&](const auto& entry) { return entry.second.endpoint() == key.name(); });
    }
    return {};
  }

  Endpoint get_endpoint(const CallContext&, const EndpointKey& key) override {
    const auto found = endpoints_.find(key.name());
    if (found == endpoints_.end()) throw_not_found("no such endpoint");
    return found->second;
  }

  EndpointList list_endpoints(const CallContext&, const EndpointQuery&) override {
    EndpointList list;
    for (const auto& [name, endpoint] : endpoints_) *list.add_endpoints() = endpoint;
    if (flaw_ == Flaw::kEndpointsUnordered)
      std::reverse(list.mutable_endpoints()->begin(), list.mutable_endpoints()->end());
    return list;
  }

  void set_disk_full(bool full) override { full_ = full; }

  void on_kill() override {
    const std::lock_guard lock(mutex_);
    if (flaw_ == Flaw::kForgetsAtKill) deployments_.clear();
    if (flaw_ == Flaw::kUndeletesAtKill) deployments_.insert(deleted_.begin(), deleted_.end());
  }

 private:
  using Map = std::map<std::string, Deployment>;

  std::string key_of(const std::string& name, const std::string& endpoint) const {
    std::string key = flaw_ == Flaw::kMixesEndpoints ? name : endpoint + "\n" + name;
    if (flaw_ == Flaw::kIgnoresCase) std::transform(key.begin(), key.end(), key.begin(), ::tolower);
    return key;
  }

  void require_endpoint(const std::string& name) const {
    if (!name.empty() && !endpoints_.contains(name) && flaw_ != Flaw::kTakesAnyEndpoint)
      throw_not_found("no such endpoint");
  }

  void require_free(const std::string& key) {
    const std::lock_guard lock(mutex_);
    if (deployments_.contains(key) && flaw_ != Flaw::kReplaces && flaw_ != Flaw::kMixesEndpoints)
      throw Error(ErrorCode::kResourceAlreadyExists, "there is one");
  }

  void require_deployment(const CallContext& context, const std::string& name) {
    const bool was_there = deleted_.contains(key_of(name, ""));
    if (flaw_ == Flaw::kPredictsForAll || (flaw_ == Flaw::kPredictsAfterDelete && was_there)) return;
    DeploymentKey key;
    key.set_name(name);
    get_deployment(context, key);
  }

  Deployment described(const NewDeployment& request) const {
    Deployment made;
    made.set_name(flaw_ == Flaw::kCutsNames ? request.name().substr(0, request.name().find('/'))
                                            : request.name());
    made.set_model_uri(flaw_ == Flaw::kRewritesUris ? "file:" + request.model_directory()
                                                    : request.model_uri());
    made.set_flavor("python_function");
    made.set_endpoint(request.endpoint());
    made.set_state(flaw_ == Flaw::kFails ? Deployment::DEPLOYMENT_STATE_FAILED
                                         : Deployment::DEPLOYMENT_STATE_SERVING);
    if (flaw_ == Flaw::kShowsSecret) (*made.mutable_attributes())["address"] = "http://x:kit-secret@host";
    return made;
  }

  // Whoever comes between the look above and this finds the name taken, unless that is the flaw.
  Deployment keep(const NewDeployment& request) {
    Deployment made = described(request);
    const std::string key = key_of(request.name(), request.endpoint());
    if (flaw_ == Flaw::kLosesUpdates) return keep_in_a_copy(key, made);
    const std::lock_guard lock(mutex_);
    const bool is_new = deployments_.insert_or_assign(key, made).second;
    const bool careless =
        flaw_ == Flaw::kGivesNameTwice || flaw_ == Flaw::kReplaces || flaw_ == Flaw::kMixesEndpoints;
    if (!is_new && !careless) throw Error(ErrorCode::kResourceAlreadyExists, "there is one");
    return made;
  }

  Deployment keep_in_a_copy(const std::string& key, const Deployment& made) {
    std::unique_lock lock(mutex_);
    Map copy = deployments_;
    lock.unlock();
    wait_a_little();
    copy[key] = made;
    lock.lock();
    deployments_ = copy;
    return made;
  }

  Flaw flaw_;
  std::mutex mutex_;
  Map deployments_;  // by endpoint and name
  Map deleted_;
  std::map<std::string, Endpoint> endpoints_;
  std::atomic<bool> full_{false};
  int count_ = 0;
};

const std::map<std::string, Flaw> kFlaws{
    {"what was accepted serves and is listed", Flaw::kFails},
    {"a deployment tells what it was made from", Flaw::kRewritesUris},
    {"a strange name is kept as it is or refused", Flaw::kCutsNames},
    {"letter case tells names apart", Flaw::kIgnoresCase},
    {"a name that is taken is RESOURCE_ALREADY_EXISTS", Flaw::kReplaces},
    {"what is not there is RESOURCE_DOES_NOT_EXIST", Flaw::kUpdateMakes},
    {"deleting takes one away and frees its name", Flaw::kKeepsDeleted},
    {"deleting what is not there does nothing", Flaw::kDeletingComplains},
    {"the list has each once, by name", Flaw::kUnordered},
    {"an update changes what it names and nothing else", Flaw::kUpdateIgnored},
    {"an update that names nothing changes nothing", Flaw::kUpdateClears},
    {"answers do not show the secret", Flaw::kShowsSecret},
    {"a model that is not there is refused or fails", Flaw::kTakesAnyModel},
    {"a prediction is JSON", Flaw::kAnswersAsPython},
    {"a prediction is what the model says", Flaw::kAnswersWrong},
    {"what is not there does not predict", Flaw::kPredictsForAll},
    {"what was deleted does not predict", Flaw::kPredictsAfterDelete},
    {"an explanation is JSON", Flaw::kExplainsInWords},
    {"an input that is no JSON is INVALID_PARAMETER_VALUE", Flaw::kTakesAnyInput},
    {"endpoints are listed by name", Flaw::kEndpointsUnordered},
    {"an endpoint that is taken is RESOURCE_ALREADY_EXISTS", Flaw::kEndpointsReplace},
    {"an endpoint that is not there is RESOURCE_DOES_NOT_EXIST", Flaw::kTakesAnyEndpoint},
    {"endpoints keep deployments of one name apart", Flaw::kMixesEndpoints},
    {"deleting an endpoint takes its deployments", Flaw::kEndpointLeavesDeployments},
    {"a deployment that finds the disk full is refused and not listed", Flaw::kIgnoresFullDisk},
    {"of 16 who ask for one name one gets it", Flaw::kGivesNameTwice},
    {"16 deployments made at once are all there", Flaw::kLosesUpdates},
    {"what was acknowledged survives SIGKILL and is whole", Flaw::kForgetsAtKill},
    {"what was deleted stays so after SIGKILL", Flaw::kUndeletesAtKill},
    {kAnswersManyAtOnce, Flaw::kCodesChange},
};

}  // namespace

TEST_CASE("every check of the kit for deployment_target finds a defect and passes what is right") {
  Spoiled<DeploymentTarget> spoiled;
  for (const auto& [check, flaw] : kFlaws) spoiled[check] = std::make_shared<Target>(flaw);
  const std::map<std::string, std::string> samples{{"model", std::filesystem::temp_directory_path().string()},
                                                   {"input", R"({"inputs": [1]})"},
                                                   {"output", R"({ "predictions": [42.0] })"},
                                                   {"secret", "kit-secret"}};
  CHECK(complaints<DeploymentTarget>(deployment_target_kit(), std::make_shared<Target>(Flaw::kNone), spoiled,
                                     samples) == "");
}
