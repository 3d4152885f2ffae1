#include <doctest/doctest.h>

#include "example.h"
#include "millrace/v1/plugin/server_app.proxy.gen.h"

using namespace millrace;
using namespace millrace::examples;

namespace {

using v1::plugin::Authentication;

// SHA-256 of "token-of-ada" and "token-of-grace".
constexpr const char* kAda = "db399cbb0859754964173adbc8acda8fc539c5c6dcf8ecb1680a04ff94749fac";
constexpr const char* kGrace = "16b6ea959da1f65ca92ac69e26d3e68e52cedb9b2479953eaf6e1225144b60a1";

std::string line(const std::string& hash, const std::string& rest) {
  return hash + "  " + rest + "\n";
}

// One open plugin with a file of tokens of its own.
class App {
 public:
  explicit App(Place place, const std::string& tokens)
      : example_("bearer-auth", place, {{"tokens", put(tokens)}}),
        plugin_(example_.open<plugin::ServerAppProxy>(plugin::Kind::kServerApp, "bearer-auth")) {}

  std::string put(const std::string& tokens) const { return folder_.put("tokens", tokens); }
  void remove_file() const { std::filesystem::remove(folder_.path("tokens")); }

  Authentication ask(const std::string& authorization) {
    v1::plugin::Credentials credentials;
    credentials.set_authorization(authorization);
    return plugin_->authenticate(kContext, credentials);
  }
  // "" when nobody is authenticated.
  std::string principal(const std::string& authorization) {
    const Authentication answer = ask(authorization);
    CHECK(answer.authenticated() == !answer.principal().empty());
    return answer.principal();
  }

  bool may(const std::string& principal, const std::vector<std::string>& groups, v1::Action action) {
    v1::plugin::AccessQuestion question;
    question.set_principal(principal);
    for (const std::string& group : groups) question.add_groups(group);
    question.set_action(action);
    return plugin_->authorize(kContext, question).allowed();
  }

  v1::plugin::AppResponse get(const std::string& path, const std::string& principal) {
    v1::plugin::AppRequest request;
    request.set_method("GET");
    request.set_path(path);
    request.set_principal(principal);
    return plugin_->handle(kContext, request);
  }

 private:
  Folder folder_;
  Example example_;
  std::unique_ptr<plugin::ServerAppProxy> plugin_;
};

}  // namespace

TEST_CASE("bearer-auth: a token is told by its hash, as bearer token and as password") {
  for (const Place place : kPlaces) {
    App app(place,
            "# people\n\n" + line(kAda, "ada writers,staff never") + line(kGrace, "grace - 2999-12-31"));
    const Authentication ada = app.ask("Bearer token-of-ada");
    CHECK(ada.authenticated());
    CHECK(ada.principal() == "ada");
    CHECK(ada.groups_size() == 2);
    CHECK(ada.valid_seconds() == 10);
    CHECK(app.principal("bearer token-of-grace") == "grace");
    CHECK(app.principal("Basic YWRhOnRva2VuLW9mLWFkYQ==") == "ada");  // ada:token-of-ada
    CHECK(app.principal("Basic Z3JhY2U6dG9rZW4tb2YtYWRh").empty());   // grace:token-of-ada
    CHECK(app.principal("Bearer token-of-Ada").empty());
    CHECK(app.principal("Bearer " + std::string(kAda)).empty());
  }
}

TEST_CASE("bearer-auth: an expired token is refused as an unknown one is") {
  for (const Place place : kPlaces) {
    App app(place, line(kAda, "ada writers 2020-02-29"));
    const Authentication expired = app.ask("Bearer token-of-ada");
    CHECK(!expired.authenticated());
    CHECK(expired.message() == app.ask("Bearer unknown").message());
    CHECK(expired.challenges_size() == 2);
    CHECK(!app.may("ada", {"writers"}, v1::ACTION_READ));
  }
}

TEST_CASE("bearer-auth: readers may read, writers may do everything, others nothing") {
  for (const Place place : kPlaces) {
    App app(place, line(kAda, "ada writers never") + line(kGrace, "grace readers never"));
    for (const auto action : {v1::ACTION_READ, v1::ACTION_CREATE, v1::ACTION_UPDATE, v1::ACTION_DELETE}) {
      CHECK(app.may("ada", {"writers"}, action));
      CHECK(app.may("grace", {"readers"}, action) == (action == v1::ACTION_READ));
      CHECK(!app.may("grace", {"staff"}, action));
      CHECK(!app.may("grace", {}, action));
      CHECK(!app.may("stranger", {"writers"}, action));
    }
    CHECK(!app.may("grace", {"readers"}, v1::ACTION_UNSPECIFIED));
  }
}

TEST_CASE("bearer-auth: the file is read again when it changes") {
  for (const Place place : kPlaces) {
    App app(place, line(kAda, "ada writers never"));
    CHECK(app.principal("Bearer token-of-grace").empty());
    app.put(line(kGrace, "grace readers never"));
    CHECK(app.principal("Bearer token-of-grace") == "grace");
    CHECK(app.principal("Bearer token-of-ada").empty());
    CHECK(!app.may("ada", {"writers"}, v1::ACTION_READ));
  }
}

TEST_CASE("bearer-auth: while the file cannot be used nobody is let in") {
  for (const Place place : kPlaces) {
    App app(place, line(kAda, "ada writers never"));
    app.put(line(kAda, "ada writers tomorrow"));
    CHECK(error_of([&] { app.ask("Bearer token-of-ada"); }).code() == ErrorCode::kTemporarilyUnavailable);
    app.remove_file();
    CHECK(error_of([&] { app.ask("Bearer token-of-ada"); }).code() == ErrorCode::kTemporarilyUnavailable);
    app.put(line(kAda, "ada writers never"));
    CHECK(app.principal("Bearer token-of-ada") == "ada");
  }
}

TEST_CASE("bearer-auth: a file with faults is refused with the line, which is not shown") {
  const std::map<std::string, std::string> faults{
      {line("secret-token", "ada - never"), ":1: the first word is no SHA-256 in 64 hex digits."},
      {"\n" + line(kAda, "ada never"), ":2: expected four words"},
      {line(kAda, "ada - never secret-token"), ":1: expected four words"},
      {line(kAda, "a\"b - never"), ":1: the user has other characters"},
      {line(kAda, "ada x,,y never"), ":1: the name of a group has other characters"},
      {line(kAda, "ada - 2027-02-30"), ":1: the expiry is neither a day"},
      {line(kAda, "ada - never") + line(kAda, "eve - never"), ":2: this token has a line already."}};
  for (const Place place : kPlaces) {
    for (const auto& [tokens, message] : faults) {
      CAPTURE(tokens);
      const Error error = error_of([&, &text = tokens] { App(place, text); });
      CHECK(error.code() == ErrorCode::kInvalidParameterValue);
      CHECK(std::string(error.what()).find(message) != std::string::npos);
      CHECK(std::string(error.what()).find("secret-token") == std::string::npos);
    }
  }
}

TEST_CASE("bearer-auth: /whoami tells the principal") {
  for (const Place place : kPlaces) {
    App app(place, line(kAda, "ada writers never"));
    CHECK(app.get("/whoami", "ada").status() == 200);
    CHECK(app.get("/whoami", "ada").body() == "{\"principal\": \"ada\"}");
    CHECK(app.get("/whoami", "").status() == 401);
    CHECK(app.get("/whoami/other", "ada").status() == 404);
  }
}
