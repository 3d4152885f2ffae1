#include <algorithm>
#include <array>

#include "conformance/kits.h"
#include "conformance/plugins/common.h"
#include "millrace/v1/plugin/server_app.gen.h"

namespace millrace::conformance {
namespace {

using v1::plugin::Authentication;

const CallContext kContext;

Authentication ask(ServerApp& app, const std::string& authorization) {
  v1::plugin::Credentials credentials;
  credentials.set_authorization(authorization);
  credentials.set_remote_address("127.0.0.1");
  credentials.set_method("GET");
  credentials.set_path("/api/2.0/mlflow/experiments/get");
  return app.authenticate(kContext, credentials);
}

// An error would be a 5xx to the client: bad credentials are answered, with a refusal.
void require_refused(ServerApp& app, const std::string& authorization, const std::string& what) {
  const Authentication answer = ask(app, authorization);
  require(!answer.authenticated(), what + " is authenticated");
  require(answer.principal().empty(), what + " has a principal although it is not authenticated");
}

const std::array<std::string, 14> kGarbage{"Basic",
                                           "Basic ",
                                           "Basic !!!!",
                                           "Basic Og==",
                                           "Basic bm9ib2R5Og==",
                                           "Basic bm9ib2R5",
                                           "Bearer",
                                           "Bearer ",
                                           "Bearer x.y.z",
                                           "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.",
                                           "Digest username=\"admin\"",
                                           "\xf0\x9f\x9a\x80",
                                           "kit-unknown-scheme kit-token",
                                           "Bearer null"};

void nothing_is_refused(ServerApp& app) {
  require_refused(app, "", "a request without credentials");
}

void garbage_is_refused(ServerApp& app) {
  for (const std::string& authorization : kGarbage)
    require_refused(app, authorization, "'" + authorization + "'");
}

void long_credentials_are_refused(ServerApp& app) {
  require_refused(app, "Bearer " + std::string(60'000, 'x'), "a token of 60,000 bytes");
  require_refused(app, "Basic " + std::string(60'000, 'A'), "a password of 45,000 bytes");
}

void a_refusal_tells_what_to_do(ServerApp& app) {
  for (const char* authorization : {"", "Bearer x.y.z"}) {
    const Authentication answer = ask(app, authorization);
    require(!answer.message().empty() || !answer.challenges().empty(),
            "a refusal has neither message nor challenge");
  }
}

void a_refusal_shows_no_credential(ServerApp& app) {
  for (const char* scheme : {"Bearer ", "Basic "}) {
    const Authentication answer = ask(app, std::string(scheme) + "a2l0LXNlY3JldDp4eXo=");
    require_no_credential(answer.message(), "a2l0LXNlY3JldDp4eXo=", "the message of a refusal");
    for (const auto& challenge : answer.challenges()) {
      require_no_credential(challenge, "a2l0LXNlY3JldDp4eXo=", "a challenge");
    }
  }
}

void challenges_are_legal(ServerApp& app) {
  const Authentication answer = ask(app, "");
  for (const auto& challenge : answer.challenges()) {
    v1::plugin::HttpHeader header;
    header.set_name("WWW-Authenticate");
    header.set_value(challenge);
    require_legal_header(header);
  }
}

void a_valid_credential_names_a_principal(ServerApp& app, const std::string& authorization) {
  const Authentication answer = ask(app, authorization);
  require(answer.authenticated(), "a valid credential is refused: " + answer.message());
  require(!answer.principal().empty() && answer.principal().size() <= 256,
          "the principal has no name, or too long a one");
  require(answer.valid_seconds() >= 0, "the answer is valid for a negative time");
}

void an_altered_credential_is_refused(ServerApp& app, const std::string& authorization) {
  const size_t blank = authorization.find(' ');
  const size_t start = blank == std::string::npos ? 0 : blank + 1;
  std::string altered = authorization;
  char& middle = altered.at(start + (altered.size() - start) / 2);
  middle = middle == 'a' ? 'b' : 'a';
  require_refused(app, altered, "a valid credential with one letter changed");
  require_refused(app, authorization.substr(0, start + (authorization.size() - start) / 2),
                  "half of a valid credential");
}

void an_expired_credential_is_refused(ServerApp& app, const std::string& authorization) {
  require_refused(app, authorization, "an expired credential");
}

v1::plugin::AccessAnswer may(ServerApp& app, const std::string& principal) {
  v1::plugin::AccessQuestion question;
  question.set_principal(principal);
  question.set_action(v1::ACTION_DELETE);
  question.set_resource(v1::RESOURCE_KIND_EXPERIMENT);
  question.add_resource_ids("1");
  question.set_operation("DeleteExperiment");
  return app.authorize(kContext, question);
}

void strangers_may_nothing(ServerApp& app) {
  for (const char* principal : {"", "kit-unknown-principal"}) {
    const auto answer = may(app, principal);
    require(!answer.allowed(), "the principal '" + std::string(principal) + "' may delete an experiment");
    require(!answer.message().empty(), "a refusal has no message");
  }
}

bool is_the_hosts(const std::string& prefix) {
  const std::array<std::string, 7> taken{"/api",     "/ajax-api", "/graphql",     "/health",
                                         "/metrics", "/version",  "/static-files"};
  return prefix == "/" || std::any_of(taken.begin(), taken.end(), [&](const std::string& path) {
           return prefix == path || prefix.starts_with(path + "/");
         });
}

void routes_are_its_own(ServerApp& app) {
  const auto routes = app.list_routes(kContext, {});
  require(!routes.prefixes().empty(), "'routes' is declared and there is none");
  for (const auto& prefix : routes.prefixes()) {
    require(prefix.starts_with('/'), "the route '" + prefix + "' does not begin with '/'");
    require(!is_the_hosts(prefix), "the route '" + prefix + "' is one of the host's");
  }
  for (const auto& path : routes.public_paths()) {
    require(!is_the_hosts(path), "the host's path '" + path + "' is made public");
  }
}

void strange_requests_are_answered(ServerApp& app) {
  const auto routes = app.list_routes(kContext, {});
  for (const auto& prefix : routes.prefixes()) {
    for (const char* method : {"GET", "POST", "KIT"}) {
      v1::plugin::AppRequest request;
      request.set_method(method);
      request.set_path(prefix + "/%zz/../kit");
      request.set_query("&&=%");
      request.set_body(std::string("\0\xff{", 3));
      const auto response = app.handle(kContext, request);
      require(response.status() >= 200 && response.status() < 500, std::string(method) + " " +
                                                                       request.path() + " is answered with " +
                                                                       std::to_string(response.status()));
      for (const auto& header : response.headers()) require_legal_header(header);
    }
  }
}

std::string call(ServerApp& app) {
  return ask(app, "Bearer x.y.z").authenticated() ? "authenticated" : "refused";
}

}  // namespace

Kit<ServerApp> server_app_kit() {
  Kit<ServerApp> kit{
      "server_app",
      {on_new("a request without credentials is refused", nothing_is_refused),
       on_new("garbage for credentials is refused and no error", garbage_is_refused),
       on_new("credentials of any length are refused and no error", long_credentials_are_refused),
       on_new("a refusal has a message or a challenge", a_refusal_tells_what_to_do),
       on_new("a refusal does not show the credential", a_refusal_shows_no_credential),
       on_new("challenges are legal headers", challenges_are_legal),
       with_sample("authorization", "a valid credential names a principal",
                   a_valid_credential_names_a_principal),
       with_sample("authorization", "a credential that was altered is refused",
                   an_altered_credential_is_refused),
       with_sample("expired_authorization", "an expired credential is refused",
                   an_expired_credential_is_refused),
       with_capability_of("authorize", "who is not known may nothing", strangers_may_nothing),
       with_capability_of("routes", "routes are none of the host's", routes_are_its_own),
       with_capability_of("routes", "strange requests to its routes are answered and no server error",
                          strange_requests_are_answered)}};
  add_stress_checks(kit, call);
  return kit;
}

}  // namespace millrace::conformance
