#include "server/app/authenticator.h"

#include <doctest/doctest.h>

#include <latch>
#include <thread>

#include "base/error.h"
#include "server/app/app_test_support.h"

using namespace millrace;
using namespace millrace::server;
using server::testing::Replies;
using server::testing::TestApp;

namespace {

struct Fixture {
  std::shared_ptr<TestApp> app = std::make_shared<TestApp>();
  Log log{LogFormat::kText, LogLevel::kError};
  Authenticator authenticator{app, log, std::chrono::milliseconds(2000)};

  static v1::plugin::Credentials bearer(const std::string& token) {
    v1::plugin::Credentials credentials;
    credentials.set_authorization("Bearer " + token);
    return credentials;
  }
  // Asks and waits for the verdict; the key is the token.
  SharedVerdict ask(const std::string& token) {
    Replies replies;
    SharedVerdict given;
    authenticator.ask(token, bearer(token), "id", [&](SharedVerdict verdict) {
      given = std::move(verdict);
      replies.count();
    });
    replies.wait_for(1);
    return given;
  }
};

}  // namespace

TEST_CASE("an answer is kept for its credentials and no others") {
  Fixture f;
  CHECK(f.authenticator.known("alice") == nullptr);
  CHECK(f.ask("alice")->who->principal == "alice");
  REQUIRE(f.authenticator.known("alice") != nullptr);
  CHECK(f.authenticator.known("alice")->who->principal == "alice");
  CHECK(f.authenticator.known("bob") == nullptr);
}

TEST_CASE("a refusal carries the app's words and challenges, and is kept apart") {
  Fixture f;
  const SharedVerdict verdict = f.ask("wrong");
  CHECK(verdict->who == nullptr);
  CHECK(verdict->code == ErrorCode::kUnauthenticated);
  CHECK(verdict->message == "No.");
  CHECK(verdict->challenges == std::vector<std::string>{"Bearer realm=\"test\""});
  CHECK(f.authenticator.known("wrong") != nullptr);
}

TEST_CASE("wrong passwords in any number do not push out what was accepted") {
  Fixture f;
  f.ask("alice");
  for (int i = 0; i < 3000; ++i) {
    Replies replies;
    f.authenticator.ask("bad" + std::to_string(i), Fixture::bearer("wrong"), "id",
                        [&](const SharedVerdict&) { replies.count(); });
    replies.wait_for(1);
  }
  CHECK(f.authenticator.known("alice") != nullptr);
  CHECK(f.authenticator.known("bad0") == nullptr);
  CHECK(f.authenticator.known("bad2999") != nullptr);
}

TEST_CASE("an answer that may not be kept is asked for each time") {
  Fixture f;
  f.app->valid_seconds = 0;
  f.ask("alice");
  CHECK(f.authenticator.known("alice") == nullptr);
  f.ask("alice");
  CHECK(f.app->asked == 2);
}

TEST_CASE("requests with the same credentials share one call") {
  Fixture f;
  std::latch release(1);
  f.app->before_answer = [&](const auto&) { release.wait(); };
  Replies replies;
  std::atomic<int> accepted{0};
  for (int i = 0; i < 20; ++i) {
    f.authenticator.ask("alice", Fixture::bearer("alice"), "id", [&](const SharedVerdict& verdict) {
      accepted += verdict->who != nullptr ? 1 : 0;
      replies.count();
    });
  }
  release.count_down();
  replies.wait_for(20);
  CHECK(accepted == 20);
  CHECK(f.app->asked == 1);
}

TEST_CASE("who waits for an answer that may not be kept gets one of his own") {
  Fixture f;
  f.app->valid_seconds = 0;
  std::latch release(1);
  f.app->before_answer = [&](const auto&) { release.wait(); };
  Replies replies;
  for (int i = 0; i < 5; ++i) {
    f.authenticator.ask("alice", Fixture::bearer("alice"), "id",
                        [&](const SharedVerdict&) { replies.count(); });
  }
  release.count_down();
  replies.wait_for(5);
  CHECK(f.app->asked == 5);
}

TEST_CASE("whatever goes wrong refuses the request") {
  Fixture f;
  const auto code_when = [&](auto fault) {
    f.app->before_answer = fault;
    const SharedVerdict verdict = f.ask("alice");
    CHECK(verdict->who == nullptr);
    CHECK(verdict->message.find("secret") == std::string::npos);
    return verdict->code;
  };
  const auto thrown = [](ErrorCode code) {
    return [code](const v1::plugin::Credentials&) { throw Error(code, "a secret of the app"); };
  };
  CHECK(code_when(thrown(ErrorCode::kInternalError)) == ErrorCode::kTemporarilyUnavailable);
  CHECK(code_when(thrown(ErrorCode::kDeadlineExceeded)) == ErrorCode::kTemporarilyUnavailable);
  CHECK(code_when([](const auto&) { throw std::runtime_error("secret"); }) ==
        ErrorCode::kTemporarilyUnavailable);
  CHECK(f.authenticator.known("alice") == nullptr);
}

TEST_CASE("an app may refuse by an error") {
  Fixture f;
  f.app->before_answer = [](const auto&) { throw Error(ErrorCode::kPermissionDenied, "locked out"); };
  const SharedVerdict verdict = f.ask("alice");
  CHECK(verdict->code == ErrorCode::kPermissionDenied);
  CHECK(verdict->message == "locked out");
}

TEST_CASE("a principal that could not stand in a log is no answer") {
  for (const std::string& name :
       {std::string(), std::string("a\nb"), std::string(257, 'x'), std::string("\xff")}) {
    Fixture f;
    CHECK(f.ask(name)->code == ErrorCode::kTemporarilyUnavailable);
  }
  Fixture f;
  CHECK(f.ask(std::string(256, 'x'))->who != nullptr);
}

TEST_CASE("requests that wait longer than they may behind an app that hangs are refused") {
  const auto app = std::make_shared<TestApp>();
  Log log(LogFormat::kText, LogLevel::kError);
  std::latch release(1);
  app->before_answer = [&](const auto&) { release.wait(); };
  Replies replies;
  std::atomic<int> refused{0};
  Authenticator authenticator(app, log, std::chrono::milliseconds(50));
  for (int i = 0; i < 100; ++i) {
    authenticator.ask(
        "k" + std::to_string(i), Fixture::bearer("alice"), "id", [&](const SharedVerdict& verdict) {
          refused += verdict->code == ErrorCode::kTemporarilyUnavailable && verdict->who == nullptr ? 1 : 0;
          replies.count();
        });
  }
  const auto late = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  while (std::chrono::steady_clock::now() < late) std::this_thread::yield();
  release.count_down();
  replies.wait_for(100);
  CHECK(app->asked <= 16);
  CHECK(refused == 100 - app->asked);
}
