#include "access/app_policy.h"

#include <doctest/doctest.h>

#include <functional>

#include "base/error.h"
#include "millrace/v1/plugin/tracking_store.proxy.gen.h"

using namespace millrace;
using access::AccessRequest;

namespace {

const CallContext kContext;
const access::Identity kAlice{"alice", {"team"}};

// A tracking store that knows run "r1" and model "m1" of experiment 7, and experiments by every number.
class SmallStore : public plugin::Channel {
 public:
  const std::string& label() const override { return label_; }
  bool has_capability(std::string_view) const override { return true; }
  std::string call(const CallContext&, const plugin::Method& method, std::string_view request) override {
    ++calls;
    if (method.name == "GetRun") return run(parse<v1::plugin::RunLookup>(request).run_id());
    if (method.name == "GetLoggedModel") return model();
    const auto lookup = parse<v1::plugin::ExperimentLookup>(request);
    v1::Experiment experiment;
    experiment.set_experiment_id(lookup.has_name() ? "7"
                                                   : std::to_string(std::stoll(lookup.experiment_id())));
    return experiment.SerializeAsString();
  }
  std::unique_ptr<ByteSource> download(const CallContext&, const plugin::Method&, std::string_view) override {
    return nullptr;
  }
  std::unique_ptr<ByteSink> upload(const CallContext&, const plugin::Method&, std::string_view) override {
    return nullptr;
  }

  int calls = 0;

 private:
  template <typename Message>
  static Message parse(std::string_view bytes) {
    Message message;
    REQUIRE(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
    return message;
  }
  static std::string run(const std::string& id) {
    if (id != "r1") throw_not_found("no such run");
    v1::Run run;
    run.mutable_info()->set_run_id("r1");
    run.mutable_info()->set_experiment_id("7");
    return run.SerializeAsString();
  }
  static std::string model() {
    v1::LoggedModel model;
    model.mutable_info()->set_model_id("m1");
    model.mutable_info()->set_experiment_id("7");
    return model.SerializeAsString();
  }

  const std::string label_ = "store";
};

class JudgingApp : public ServerApp {
 public:
  v1::plugin::Authentication authenticate(const CallContext&, const v1::plugin::Credentials&) override {
    return {};
  }
  v1::plugin::AccessAnswer authorize(const CallContext& context,
                                     const v1::plugin::AccessQuestion& question) override {
    ++asked;
    last = question;
    deadline = context.deadline;
    if (fault) fault();
    return answer;
  }

  int asked = 0;
  v1::plugin::AccessQuestion last;
  CallContext::Clock::time_point deadline;
  v1::plugin::AccessAnswer answer;
  std::function<void()> fault;
};

struct Fixture {
  std::shared_ptr<SmallStore> channel = std::make_shared<SmallStore>();
  plugin::TrackingStoreProxy store{channel};
  std::shared_ptr<JudgingApp> app = std::make_shared<JudgingApp>();
  Log log{LogFormat::kText, LogLevel::kError};
  access::AppPolicy policy{app, store, log};

  Fixture() { app->answer.set_allowed(true); }

  // "OK" or the name of the error's code.
  std::string ask(v1::Action action, v1::ResourceKind kind, std::vector<std::string> ids,
                  bool by_name = false) {
    try {
      policy.authorize(kContext, kAlice, {action, kind, std::move(ids), "Something", by_name});
    } catch (const Error& error) {
      return std::string(error_code_name(error.code()));
    }
    return "OK";
  }
  std::vector<std::string> resources() const {
    return {app->last.resource_ids().begin(), app->last.resource_ids().end()};
  }
  std::vector<std::string> experiments() const {
    return {app->last.experiment_ids().begin(), app->last.experiment_ids().end()};
  }
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the app is told who wants what") {
  Fixture f;
  CHECK(f.ask(v1::ACTION_UPDATE, v1::RESOURCE_KIND_RUN, {"r1"}) == "OK");
  CHECK(f.app->last.principal() == "alice");
  CHECK(f.app->last.groups(0) == "team");
  CHECK(f.app->last.action() == v1::ACTION_UPDATE);
  CHECK(f.app->last.operation() == "Something");
  CHECK(f.resources() == Texts{"r1"});
  CHECK(f.experiments() == Texts{"7"});
  CHECK(f.app->deadline != CallContext::Clock::time_point::max());
}

TEST_CASE("what a run belongs to is looked up once") {
  Fixture f;
  for (int i = 0; i < 3; ++i) f.ask(v1::ACTION_READ, v1::RESOURCE_KIND_RUN, {"r1"});
  CHECK(f.channel->calls == 1);
  CHECK(f.app->asked == 3);
}

TEST_CASE("a run that is not there is told as such and the app is not asked") {
  Fixture f;
  CHECK(f.ask(v1::ACTION_READ, v1::RESOURCE_KIND_RUN, {"none"}) == "RESOURCE_DOES_NOT_EXIST");
  CHECK(f.app->asked == 0);
}

TEST_CASE("experiments have the id of the store, however they were asked for") {
  Fixture f;
  f.ask(v1::ACTION_READ, v1::RESOURCE_KIND_EXPERIMENT, {"007"});
  CHECK(f.resources() == Texts{"7"});
  CHECK(f.experiments() == Texts{"7"});
  f.ask(v1::ACTION_READ, v1::RESOURCE_KIND_EXPERIMENT, {"3"}, true);  // a name that looks like an id
  CHECK(f.resources() == Texts{"7"});
  f.ask(v1::ACTION_READ, v1::RESOURCE_KIND_LOGGED_MODEL, {"m1"});
  CHECK(f.experiments() == Texts{"7"});
}

TEST_CASE("a search over everything is a question about the server") {
  Fixture f;
  for (const Texts& ids : {Texts{}, Texts{"ALL"}, Texts{"1", "ALL"}}) {
    f.ask(v1::ACTION_READ, v1::RESOURCE_KIND_EXPERIMENT, ids);
    CHECK(f.app->last.resource() == v1::RESOURCE_KIND_SERVER);
    CHECK(f.resources().empty());
  }
  f.ask(v1::ACTION_CREATE, v1::RESOURCE_KIND_EXPERIMENT, {});
  CHECK(f.app->last.resource() == v1::RESOURCE_KIND_EXPERIMENT);
}

TEST_CASE("paths of artifacts are told in their plain form, with the experiment that they begin with") {
  Fixture f;
  f.ask(v1::ACTION_READ, v1::RESOURCE_KIND_ARTIFACT, {"./7//r1/artifacts/x"});
  CHECK(f.resources() == Texts{"7/r1/artifacts/x"});
  CHECK(f.experiments() == Texts{"7"});
  f.ask(v1::ACTION_READ, v1::RESOURCE_KIND_ARTIFACT, {"models/x"});
  CHECK(f.experiments().empty());
  f.ask(v1::ACTION_READ, v1::RESOURCE_KIND_ARTIFACT, {""});
  CHECK(f.resources().empty());
  CHECK(f.ask(v1::ACTION_READ, v1::RESOURCE_KIND_ARTIFACT, {"7/../8/x"}) == "INVALID_PARAMETER_VALUE");
}

TEST_CASE("no is no, and no answer is no too") {
  Fixture f;
  f.app->answer.set_allowed(false);
  CHECK(f.ask(v1::ACTION_READ, v1::RESOURCE_KIND_SERVER, {}) == "PERMISSION_DENIED");
  f.app->answer.set_allowed(true);
  for (const ErrorCode code : {ErrorCode::kInternalError, ErrorCode::kTemporarilyUnavailable,
                               ErrorCode::kDeadlineExceeded, ErrorCode::kNotImplemented}) {
    f.app->fault = [code] { throw Error(code, "secret reason"); };
    CHECK(f.ask(v1::ACTION_READ, v1::RESOURCE_KIND_SERVER, {}) == "TEMPORARILY_UNAVAILABLE");
  }
  f.app->fault = [] { throw Error(ErrorCode::kPermissionDenied, "not you"); };
  CHECK(f.ask(v1::ACTION_READ, v1::RESOURCE_KIND_SERVER, {}) == "PERMISSION_DENIED");
}

TEST_CASE("an answer is kept for as long as the app says and for that very question") {
  Fixture f;
  f.app->answer.set_valid_seconds(60);
  for (int i = 0; i < 3; ++i) f.ask(v1::ACTION_READ, v1::RESOURCE_KIND_SERVER, {});
  CHECK(f.app->asked == 1);
  f.ask(v1::ACTION_UPDATE, v1::RESOURCE_KIND_SERVER, {});
  CHECK(f.app->asked == 2);
  f.app->answer.set_valid_seconds(0);
  for (int i = 0; i < 2; ++i) f.ask(v1::ACTION_DELETE, v1::RESOURCE_KIND_SERVER, {});
  CHECK(f.app->asked == 4);
}
