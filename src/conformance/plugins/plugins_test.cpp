// The kits of the smaller kinds against small plugins that are right, and against the same with one defect.

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <set>
#include <thread>

#include "base/clock.h"
#include "conformance/kits.h"
#include "conformance/plugins/fake_subject.h"
#include "millrace/v1/plugin/default_experiment.gen.h"
#include "millrace/v1/plugin/request_auth.gen.h"
#include "millrace/v1/plugin/request_header.gen.h"
#include "millrace/v1/plugin/run_context.gen.h"
#include "millrace/v1/plugin/server_app.gen.h"

using namespace millrace;
using namespace millrace::conformance;
using namespace millrace::v1::plugin;

namespace {

template <typename Interface, typename Plugin, typename Change>
std::shared_ptr<Interface> spoil(Change change) {
  return std::make_shared<Plugin>(change);
}

void set_header(SignedHeaders& signature, const std::string& name, const std::string& value) {
  HttpHeader& header = *signature.add_set();
  header.set_name(name);
  header.set_value(value);
}

class Signer : public RequestAuth {
 public:
  using Change = std::function<void(SignedHeaders&, const RequestToSign&)>;
  explicit Signer(Change change = nullptr) : change_(std::move(change)) {}
  SignedHeaders sign(const CallContext&, const RequestToSign& request) override {
    SignedHeaders signature;
    set_header(signature, "Authorization", "Bearer abc");
    signature.set_expires_at(unix_millis() + 60'000);
    if (change_) change_(signature, request);
    if (request.method().empty()) throw_invalid_parameter("a request needs a method");
    return signature;
  }

 private:
  Change change_;
};

class Headers : public RequestHeader {
 public:
  using Change = std::function<void(HeaderList&)>;
  explicit Headers(Change change = nullptr) : change_(std::move(change)) {}
  HeaderList get_headers(const CallContext&, const HeaderQuery&) override {
    HeaderList list;
    list.set_applies(true);
    list.add_headers()->set_name("X-Tenant");
    list.mutable_headers(0)->set_value("red team");
    if (change_) change_(list);
    return list;
  }

 private:
  Change change_;
};

class Tags : public RunContext {
 public:
  using Change = std::function<void(RunContextTags&, const RunContextQuery&)>;
  explicit Tags(Change change = nullptr) : change_(std::move(change)) {}
  RunContextTags get_tags(const CallContext&, const RunContextQuery& query) override {
    RunContextTags answer;
    answer.set_applies(true);
    answer.add_tags()->set_key("job");
    answer.mutable_tags(0)->set_value("17");
    if (change_) change_(answer, query);
    return answer;
  }

 private:
  Change change_;
};

class Choice : public DefaultExperiment {
 public:
  using Change = std::function<void(DefaultExperimentChoice&)>;
  explicit Choice(Change change = nullptr) : change_(std::move(change)) {}
  DefaultExperimentChoice get_default_experiment(const CallContext&, const RunContextQuery&) override {
    DefaultExperimentChoice choice;
    choice.set_applies(true);
    choice.set_experiment_name("nightly");
    if (change_) change_(choice);
    return choice;
  }

 private:
  Change change_;
};

// Counts calls, for answers that change each time.
std::string next_number() {
  static std::atomic<int> count{0};
  return std::to_string(++count);
}

// Authenticates one token and answers one route.
class TokenApp : public ServerApp {
 public:
  using Change = std::function<void(Authentication&, const std::string& token)>;
  explicit TokenApp(Change change = nullptr) : change_(std::move(change)) {}

  Authentication authenticate(const CallContext&, const Credentials& credentials) override {
    Authentication answer;
    if (credentials.authorization() == "Bearer kit-good-token") {
      answer.set_authenticated(true);
      answer.set_principal("ada");
    } else {
      answer.set_message("A token is needed.");
      answer.add_challenges("Bearer realm=\"millrace\"");
    }
    if (change_) change_(answer, credentials.authorization());
    return answer;
  }
  AccessAnswer authorize(const CallContext&, const AccessQuestion& question) override {
    AccessAnswer answer;
    answer.set_allowed(allow_all || question.principal() == "ada");
    if (!answer.allowed()) answer.set_message("Ask the owner.");
    return answer;
  }
  RouteList list_routes(const CallContext&, const RouteQuery&) override {
    RouteList list;
    list.add_prefixes(prefix);
    return list;
  }
  AppResponse handle(const CallContext&, const AppRequest&) override {
    AppResponse response;
    response.set_status(status);
    return response;
  }

  bool allow_all = false;
  std::string prefix = "/login";
  int status = 404;

 private:
  Change change_;
};

template <typename Set>
std::shared_ptr<ServerApp> app_with(Set set) {
  auto app = std::make_shared<TokenApp>();
  set(*app);
  return app;
}

// Admits what `rule` says beside the good token.
template <typename Rule>
std::shared_ptr<ServerApp> app_that_admits(Rule rule) {
  return spoil<ServerApp, TokenApp>([rule](Authentication& answer, const std::string& token) {
    if (rule(token)) answer.set_authenticated(true);
  });
}

}  // namespace

TEST_CASE("every check of the kit for request_auth finds a defect and passes what is right") {
  const auto change = [](auto how) { return spoil<RequestAuth, Signer>(how); };
  const Spoiled<RequestAuth> spoiled{
      {"a signature has legal headers",
       change([](auto& signature, auto&) { set_header(signature, "X-A", "a\r\nX-B: b"); })},
      {"a signature changes the request", change([](auto& signature, auto&) { signature.clear_set(); })},
      {"a signature sets each header once",
       change([](auto& signature, auto&) { set_header(signature, "Authorization", "Bearer b"); })},
      {"a signature leaves the framing of the message alone",
       change([](auto& signature, auto&) { signature.add_remove("content-length"); })},
      {"a signature has not expired when it is given",
       change([](auto& signature, auto&) { signature.set_expires_at(1); })},
      {"signing again sets the same headers",
       change([](auto& signature, auto&) { set_header(signature, "X-" + next_number(), "x"); })},
      {"a signature that was rejected is renewed or refused", change([](auto& signature, auto& request) {
         if (request.rejected()) signature.clear_set();
       })},
      {"errors do not show the secret", change([](auto&, auto& request) {
         if (request.method().empty()) throw_invalid_parameter("cannot sign with abc");
       })},
      {kAnswersManyAtOnce,
       change([](auto& signature, auto&) { set_header(signature, "X-" + next_number(), "x"); })}};
  const auto right = std::make_shared<Signer>();
  CHECK(complaints<RequestAuth>(request_auth_kit(), right, spoiled, {{"secret", "abc"}}) == "");
}

TEST_CASE("every check of the kit for request_header finds a defect and passes what is right") {
  const auto change = [](auto how) { return spoil<RequestHeader, Headers>(how); };
  const Spoiled<RequestHeader> spoiled{
      {"headers are legal", change([](auto& list) { list.mutable_headers(0)->set_name("X Tenant"); })},
      {"what does not apply gives no headers", change([](auto& list) { list.set_applies(false); })},
      {"each header is given once", change([](auto& list) { list.add_headers()->set_name("X-Tenant"); })},
      {"credentials and framing are left to others",
       change([](auto& list) { list.add_headers()->set_name("authorization"); })},
      {kAnswersManyAtOnce,
       change([](auto& list) { list.mutable_headers(0)->set_name("X-" + next_number()); })}};
  CHECK(complaints<RequestHeader>(request_header_kit(), std::make_shared<Headers>(), spoiled) == "");
}

TEST_CASE("every check of the kit for run_context finds a defect and passes what is right") {
  const auto change = [](auto how) { return spoil<RunContext, Tags>(how); };
  const Spoiled<RunContext> spoiled{
      {"tags lie within the limits of tags", change([](auto& answer, auto& query) {
         for (const auto& word : query.command_line()) answer.mutable_tags(0)->mutable_value()->append(word);
       })},
      {"each key comes once", change([](auto& answer, auto&) { answer.add_tags()->set_key("job"); })},
      {"what does not apply gives no tags", change([](auto& answer, auto&) { answer.set_applies(false); })},
      {"a process without folder, command and environment is no error", change([](auto&, auto& query) {
         if (query.command_line().empty()) throw_invalid_parameter("there is no command");
       })},
      {"the answer comes within a second",
       change([](auto&, auto&) { std::this_thread::sleep_for(std::chrono::milliseconds(1050)); })},
      {kAnswersManyAtOnce,
       change([](auto& answer, auto&) { answer.mutable_tags(0)->set_key(next_number()); })}};
  CHECK(complaints<RunContext>(run_context_kit(), std::make_shared<Tags>(), spoiled) == "");
}

TEST_CASE("every check of the kit for default_experiment finds a defect and passes what is right") {
  const auto change = [](auto how) { return spoil<DefaultExperiment, Choice>(how); };
  const Spoiled<DefaultExperiment> spoiled{
      {"what applies names an experiment", change([](auto& choice) { choice.clear_experiment_name(); })},
      {"what does not apply names none", change([](auto& choice) { choice.set_applies(false); })},
      {"a name is one that an experiment may have",
       change([](auto& choice) { choice.set_experiment_name(std::string(501, 'x')); })},
      {"the choice for the same process stays",
       change([](auto& choice) { choice.set_experiment_id(next_number()); })},
      {kAnswersManyAtOnce, change([](auto& choice) { choice.set_experiment_id(next_number()); })}};
  CHECK(complaints<DefaultExperiment>(default_experiment_kit(), std::make_shared<Choice>(), spoiled) == "");
}

TEST_CASE("every check of the kit for server_app finds a defect and passes what is right") {
  const auto change = [](auto how) { return spoil<ServerApp, TokenApp>(how); };
  const Spoiled<ServerApp> spoiled{
      {"a request without credentials is refused",
       app_that_admits([](const std::string& token) { return token.empty(); })},
      {"garbage for credentials is refused and no error", change([](auto&, auto& token) {
         if (token == "Basic !!!!") throw Error(ErrorCode::kInternalError, "not base64");
       })},
      {"credentials of any length are refused and no error", change([](auto&, auto& token) {
         if (token.size() > 4096) throw Error(ErrorCode::kInternalError, "too long");
       })},
      {"a refusal has a message or a challenge", change([](auto& answer, auto&) {
         answer.clear_message();
         answer.clear_challenges();
       })},
      {"a refusal does not show the credential",
       change([](auto& answer, auto& token) { answer.set_message("bad token " + token); })},
      {"challenges are legal headers",
       change([](auto& answer, auto&) { answer.add_challenges("Bearer\n"); })},
      {"a valid credential names a principal", change([](auto& answer, auto&) { answer.clear_principal(); })},
      {"a credential that was altered is refused",
       app_that_admits([](const std::string& token) { return token.starts_with("Bearer kit-"); })},
      {"an expired credential is refused",
       app_that_admits([](const std::string& token) { return token == "Bearer kit-old-token"; })},
      {"who is not known may nothing", app_with([](TokenApp& app) { app.allow_all = true; })},
      {"routes are none of the host's", app_with([](TokenApp& app) { app.prefix = "/api/2.0"; })},
      {"strange requests to its routes are answered and no server error",
       app_with([](TokenApp& app) { app.status = 500; })},
      {kAnswersManyAtOnce,
       app_that_admits([](const std::string&) { return std::stoi(next_number()) % 7 == 0; })}};
  CHECK(complaints<ServerApp>(server_app_kit(), std::make_shared<TokenApp>(), spoiled,
                              {{"authorization", "Bearer kit-good-token"},
                               {"expired_authorization", "Bearer kit-old-token"}}) == "");
}
