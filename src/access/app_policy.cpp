#include "access/app_policy.h"

#include <algorithm>
#include <set>

#include "artifacts/path_rules.h"
#include "base/error.h"

namespace millrace::access {
namespace {

using v1::plugin::AccessAnswer;
using v1::plugin::AccessQuestion;

// How searches name all experiments.
constexpr const char* kAllExperiments = "ALL";
constexpr int64_t kLongestKept = 24 * 3600;  // seconds

bool is_search_over_all(const AccessRequest& request) {
  return request.resource == v1::RESOURCE_KIND_EXPERIMENT && request.action == v1::ACTION_READ &&
         (request.ids.empty() ||
          std::find(request.ids.begin(), request.ids.end(), kAllExperiments) != request.ids.end());
}

// "7/0a1b/artifacts/model" belongs to experiment 7, as the default artifact locations have it.
std::string experiment_of_path(const std::string& path) {
  const std::string first = path.substr(0, path.find('/'));
  const bool digits =
      !first.empty() && std::all_of(first.begin(), first.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? first : "";
}

void add_paths(const AccessRequest& request, AccessQuestion& question) {
  for (const std::string& id : request.ids) {
    const std::string path = artifacts::checked_path(id);
    if (path.empty()) continue;  // the root of all: the kind as a whole
    question.add_resource_ids(path);
    const std::string experiment = experiment_of_path(path);
    if (!experiment.empty()) question.add_experiment_ids(experiment);
  }
}

[[noreturn]] void deny(const AccessAnswer& answer) {
  throw Error(ErrorCode::kPermissionDenied,
              answer.message().empty() ? "Permission denied." : answer.message());
}

}  // namespace

void AppPolicy::authorize(const CallContext& context, const Identity& who, const AccessRequest& request) {
  const AccessAnswer given = answer(context, question(context, who, request));
  if (!given.allowed()) deny(given);
}

AccessQuestion AppPolicy::question(const CallContext& context, const Identity& who,
                                   const AccessRequest& request) {
  AccessQuestion question;
  question.set_principal(who.principal);
  question.mutable_groups()->Add(who.groups.begin(), who.groups.end());
  question.set_action(request.action);
  question.set_operation(std::string(request.operation));
  if (is_search_over_all(request)) {
    question.set_resource(v1::RESOURCE_KIND_SERVER);
  } else {
    question.set_resource(request.resource);
    add_resources(context, request, question);
  }
  return question;
}

void AppPolicy::add_resources(const CallContext& context, const AccessRequest& request,
                              AccessQuestion& question) {
  if (request.resource == v1::RESOURCE_KIND_ARTIFACT) return add_paths(request, question);
  if (request.resource == v1::RESOURCE_KIND_REGISTERED_MODEL ||
      request.resource == v1::RESOURCE_KIND_SERVER) {
    question.mutable_resource_ids()->Add(request.ids.begin(), request.ids.end());
    return;
  }
  std::set<std::string> experiments;
  for (const std::string& id : request.ids) {
    ResourceOwners::Found found;
    if (request.resource == v1::RESOURCE_KIND_RUN) {
      found = owners_.run(context, id);
    } else if (request.resource == v1::RESOURCE_KIND_LOGGED_MODEL) {
      found = owners_.logged_model(context, id);
    } else {
      found = request.by_name ? owners_.experiment_by_name(context, id) : owners_.experiment(context, id);
    }
    question.add_resource_ids(found.id);
    experiments.insert(found.experiment);
  }
  question.mutable_experiment_ids()->Add(experiments.begin(), experiments.end());
}

AccessAnswer AppPolicy::answer(const CallContext& context, const AccessQuestion& question) {
  const std::string key = question.SerializeAsString();
  const auto now = Clock::now();
  if (const auto kept = kept_.get(key)) {
    if (now < kept->until) return kept->answer;
    kept_.forget(key);
  }
  const AccessAnswer answer = ask(context, question);
  if (answer.valid_seconds() > 0) {
    const std::chrono::seconds time(std::min<int64_t>(answer.valid_seconds(), kLongestKept));
    kept_.put(key, {answer, now + time});
  }
  return answer;
}

AccessAnswer AppPolicy::ask(const CallContext& context, const AccessQuestion& question) {
  CallContext call = context;
  call.deadline = std::min(context.deadline, Clock::now() + kPatience);
  try {
    return app_->authorize(call, question);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kPermissionDenied) throw;
    log_.write(LogLevel::kError, "The server app could not judge a request: " + std::string(error.what()),
               {{"operation", question.operation()}, {"request_id", context.request_id}});
    throw Error(ErrorCode::kTemporarilyUnavailable,
                "Who may do this cannot be checked right now, so it is not done; try again.");
  }
}

}  // namespace millrace::access
