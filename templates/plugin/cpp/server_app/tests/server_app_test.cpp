#include "server_app.h"

#include "check.h"

using namespace millrace;
using sample_plugin::SamplePlugin;

namespace {

const std::string kAlice = "0123456789abcdef";
const std::string kBob = "fedcba9876543210";

v1::plugin::Authentication ask(const std::string& authorization) {
  v1::plugin::Credentials credentials;
  credentials.set_authorization(authorization);
  return SamplePlugin(options({{"tokens", "alice=" + kAlice + ", bob=" + kBob}}))
      .authenticate({}, credentials);
}

void a_token_names_its_user() {
  check(ask("Bearer " + kAlice).principal() == "alice", "the token of alice");
  check(ask("bearer " + kBob).principal() == "bob", "the token of bob");
}

void everything_else_is_refused() {
  for (const std::string& text :
       {std::string(), std::string("Bearer"), std::string("Bearer "), "Basic " + kAlice,
        "Bearer " + kAlice + "x", "Bearer " + kAlice + kAlice, kAlice}) {
    const auto answer = ask(text);
    check(!answer.authenticated() && answer.principal().empty(), "'" + text + "' is refused");
    check(answer.challenges_size() == 1, "a challenge tells what is expected");
  }
}

void tokens_that_are_none_are_refused() {
  for (const std::string& tokens : {std::string(), std::string("alice"), std::string("alice=short"),
                                    "=" + kAlice, "alice=" + kAlice + ","}) {
    check_error(ErrorCode::kInvalidParameterValue, "the setting '" + tokens + "'", [&] {
      SamplePlugin(options({{"tokens", tokens}}));
    });
  }
}

}  // namespace

int main() {
  a_token_names_its_user();
  everything_else_is_refused();
  tokens_that_are_none_are_refused();
}
