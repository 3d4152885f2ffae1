#include <doctest/doctest.h>

#include "base/error.h"
#include "server/app/app_routes.h"
#include "server/app/app_test_support.h"
#include "server/app/credentials.h"
#include "server/app/gated_exchange.h"
#include "server/health.h"

using namespace millrace;
using namespace millrace::server;
using server::testing::Replies;
using server::testing::TestApp;

namespace {

http::RequestHead head_of(const std::string& path,
                          std::vector<std::pair<std::string, std::string>> headers = {}) {
  http::RequestHead head;
  head.method = "GET";
  head.path = path.substr(0, path.find('?'));
  if (path.find('?') != std::string::npos) head.query = path.substr(path.find('?') + 1);
  for (auto& [name, value] : headers) head.headers.add(name, value);
  head.remote_address = "10.0.0.1";
  return head;
}

class Answer : public http::Exchange {
 public:
  explicit Answer(std::string text) : text_(std::move(text)) {}
  uint64_t body_limit() const override { return 10; }
  http::Response finish(std::string) noexcept override {
    http::Response response;
    response.body = text_;
    return response;
  }

 private:
  std::string text_;
};

struct Gateway {
  std::shared_ptr<TestApp> app = std::make_shared<TestApp>();
  Log log{LogFormat::kText, LogLevel::kError};
  Authenticator authenticator{app, log};
  Gate gate{authenticator, CredentialsReader(""), {{"/login"}, {"/", "/assets/page.js"}}};

  // What becomes of a request, and whether the app had to be waited for.
  http::Response answer(const http::RequestHead& head, bool* waited = nullptr) {
    const auto exchange = make_gated_exchange(gate, head, head.path, [](const SharedIdentity& who) {
      return std::make_unique<Answer>("hello " + who->principal);
    });
    if (waited != nullptr) *waited = exchange->needs_admission();
    if (exchange->needs_admission()) {
      Replies replies;
      exchange->admit([&] { replies.count(); });
      replies.wait_for(1);
    }
    return exchange->finish("");
  }
};

std::string fault_of(const std::vector<std::string>& prefixes, const std::vector<std::string>& public_paths) {
  v1::plugin::RouteList routes;
  routes.mutable_prefixes()->Add(prefixes.begin(), prefixes.end());
  routes.mutable_public_paths()->Add(public_paths.begin(), public_paths.end());
  try {
    check_routes(routes, {{"/version"}, {"api", "version", "metrics"}});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("keys differ by all that an app may decide by, and by nothing else") {
  const CredentialsReader reader("X-User");
  const auto key = [&](auto... headers) { return reader.key(head_of("/a", {headers...})); };
  using Header = std::pair<std::string, std::string>;
  const std::string plain = key();
  CHECK(plain.size() == 64);
  CHECK(key() == plain);
  CHECK(key(Header("Accept", "x")) == plain);
  CHECK(key(Header("Authorization", "a")) != plain);
  CHECK(key(Header("Authorization", "a")) != key(Header("Authorization", "b")));
  CHECK(key(Header("Authorization", "a")) == key(Header("authorization", "a")));
  CHECK(key(Header("Cookie", "a=1")) != plain);
  CHECK(key(Header("x-user", "alice")) != plain);
  CHECK(key(Header("Cookie", "a"), Header("X-User", "b")) !=
        key(Header("Cookie", "ab"), Header("X-User", "")));
  http::RequestHead other = head_of("/b");
  other.method = "POST";
  CHECK(reader.key(other) == plain);
  other.remote_address = "10.0.0.2";
  CHECK(reader.key(other) != plain);
  other = head_of("/a");
  other.secure = true;
  CHECK(reader.key(other) != plain);
  CHECK(CredentialsReader("X-User").key(head_of("/a")) != plain);  // each reader has a secret of its own
}

TEST_CASE("an app sees the cookies one by one and the headers that the configuration names") {
  const CredentialsReader reader("X-User, x-groups");
  const auto seen = reader.read(head_of("/p/a", {{"Authorization", "Bearer t"},
                                                 {"Cookie", "a=1; b=x=y;  ; =no; c="},
                                                 {"X-USER", "alice"},
                                                 {"Other", "no"}}),
                                "/a");
  CHECK(seen.authorization() == "Bearer t");
  REQUIRE(seen.cookies_size() == 3);
  CHECK(seen.cookies(1).name() == "b");
  CHECK(seen.cookies(1).value() == "x=y");
  REQUIRE(seen.headers_size() == 1);
  CHECK(seen.headers(0).value() == "alice");
  CHECK(seen.path() == "/a");
  CHECK(seen.remote_address() == "10.0.0.1");
  CHECK_THROWS_AS(CredentialsReader("X User:"), Error);
}

TEST_CASE("a request is served with the name that the app gave, the second time without a wait") {
  Gateway gateway;
  const auto head = head_of("/x", {{"Authorization", "Bearer alice"}});
  bool waited = false;
  http::Response response = gateway.answer(head, &waited);
  CHECK(waited);
  CHECK(std::get<std::string>(response.body) == "hello alice");
  CHECK(response.principal == "alice");
  gateway.answer(head, &waited);
  CHECK_FALSE(waited);
  CHECK(gateway.app->asked == 1);
}

TEST_CASE("refusals have the status, the challenge and the form of the REST API") {
  Gateway gateway;
  http::Response response = gateway.answer(head_of("/x"));
  CHECK(response.status == 401);
  CHECK(response.headers.get("WWW-Authenticate") == "Bearer realm=\"test\"");
  CHECK(std::get<std::string>(response.body).find("UNAUTHENTICATED") != std::string::npos);
  CHECK(response.principal.empty());
  gateway.app->before_answer = [](const auto&) { throw Error(ErrorCode::kInternalError, "down"); };
  response = gateway.answer(head_of("/x", {{"Authorization", "Bearer bob"}}));
  CHECK(response.status == 503);
  CHECK(response.headers.contains("Retry-After"));
}

TEST_CASE("a script sees the challenges where the browser does not ask by itself") {
  Gateway gateway;
  const http::Response response = gateway.answer(head_of("/x", {{"X-Requested-With", "XMLHttpRequest"}}));
  CHECK(response.status == 401);
  CHECK(response.headers.get("WWW-Authenticate") == "Page realm=\"millrace\"");
  CHECK(response.headers.get("X-WWW-Authenticate") == "Bearer realm=\"test\"");
  CHECK_FALSE(gateway.answer(head_of("/x")).headers.contains("X-WWW-Authenticate"));
}

TEST_CASE("two Authorization headers, or one that is no text, are refused without a question") {
  Gateway gateway;
  CHECK(
      gateway.answer(head_of("/x", {{"Authorization", "Bearer a"}, {"authorization", "Bearer b"}})).status ==
      400);
  CHECK(gateway.answer(head_of("/x", {{"Authorization", "Bearer \xff"}})).status == 400);
  CHECK(gateway.app->asked == 0);
}

TEST_CASE("a refused upload is not read, however large it is announced") {
  Gateway gateway;
  const auto refused = [&](std::pair<std::string, std::string> header) {
    const auto head = head_of("/x", {std::move(header)});
    const auto exchange = make_gated_exchange(
        gateway.gate, head, "/x", [](const SharedIdentity&) { return std::unique_ptr<http::Exchange>(); });
    Replies replies;
    exchange->admit([&] { replies.count(); });
    replies.wait_for(1);
    CHECK(exchange->body_limit() > uint64_t{1} << 50);
    return exchange->body_mode() == http::BodyMode::kStream && !exchange->write("x");
  };
  CHECK(refused({"Content-Length", "1000000000000"}));
  CHECK(refused({"Transfer-Encoding", "chunked"}));
  CHECK_FALSE(refused({"Content-Length", "100"}));
}

TEST_CASE("only the app's public paths, the page's files and the short /health are open") {
  Gateway gateway;
  const auto open = [&](const std::string& path, const std::string& method = "GET") {
    auto head = head_of(path);
    head.method = method;
    return gateway.gate.is_open(head, head.path);
  };
  CHECK(open("/login"));
  CHECK(open("/login", "POST"));
  CHECK(open("/"));
  CHECK(open("/", "HEAD"));
  CHECK(open("/assets/page.js"));
  CHECK_FALSE(open("/", "POST"));
  CHECK_FALSE(open("/assets/page.js", "OPTIONS"));
  CHECK(open("/health"));
  CHECK(open("/health?verbose=0"));
  for (const char* path :
       {"/login/", "/login/x", "/Login", "/health/", "/health?verbose", "/health?verbose=1",
        "/health?a=b&verbose=true", "//", "/assets/", "/assets/other.js", "", "/version"}) {
    CAPTURE(std::string(path));
    CHECK_FALSE(open(path));
  }
}

TEST_CASE("routes that are the server's own or malformed are told with their name") {
  CHECK(fault_of({"/login", "/x/y"}, {"/login", "/login/style.css", "/version"}).empty());
  for (const char* prefix : {"/api", "/api/login", "/version", "/metrics/x", "", "/", "login", "/a/", "/a//b",
                             "/a?b", "/a%2fb", "/a b", "/{x}"}) {
    CAPTURE(std::string(prefix));
    const std::string fault = fault_of({prefix}, {});
    CHECK(fault.find("'" + std::string(prefix) + "'") != std::string::npos);
  }
  CHECK_FALSE(fault_of({"/login"}, {"/api/2.0/mlflow/runs/search"}).empty());
  CHECK_FALSE(fault_of({"/login"}, {"/loginx"}).empty());
  CHECK_FALSE(fault_of({"/login"}, {"/metrics"}).empty());
}

TEST_CASE("an app gets what was sent, without the connection's headers, and where it stands") {
  const auto app = std::make_shared<TestApp>();
  app->response.set_status(201);
  Log log(LogFormat::kText, LogLevel::kError);
  v1::plugin::RouteList list;
  list.add_prefixes("/login");
  const AppRoutes routes(app, list, "/ml", log);
  CHECK(routes.covers("/login"));
  CHECK(routes.covers("/login/a"));
  CHECK_FALSE(routes.covers("/loginx"));
  const auto head = head_of("/ml/login/a?next=%2F", {{"Cookie", "s=1"}, {"Connection", "x"}});
  const auto who = std::make_shared<const access::Identity>(access::Identity{"alice", {}});
  const auto exchange = routes.exchange(head, "/login/a", who);
  CHECK(exchange->body_limit() == 1024 * 1024);
  CHECK(exchange->finish("body").status == 201);
  CHECK(app->last_request.path() == "/login/a");
  CHECK(app->last_request.query() == "next=%2F");
  CHECK(app->last_request.headers_size() == 1);
  CHECK(app->last_request.body() == "body");
  CHECK(app->last_request.principal() == "alice");
  CHECK(app->last_request.static_prefix() == "/ml");
}

TEST_CASE("an app's answer cannot touch the connection or break out of a header") {
  v1::plugin::AppResponse answer;
  const auto add = [&](const std::string& name, const std::string& value) {
    auto& header = *answer.add_headers();
    header.set_name(name);
    header.set_value(value);
  };
  answer.set_status(302);
  for (const char* name : {"Connection", "transfer-encoding", "Content-Length", "X-Request-ID"})
    add(name, "x");
  add("Location", "/ml/");
  add("Set-Cookie", "a=1");
  add("Set-Cookie", "b=2");
  add("content-type", "text/html");
  const http::Response response = response_of(answer);
  CHECK(response.status == 302);
  CHECK(response.content_type == "text/html");
  CHECK(response.headers.fields().size() == 3);
  const auto refused = [&](const std::string& name, const std::string& value) {
    v1::plugin::AppResponse bad = answer;
    auto& header = *bad.add_headers();
    header.set_name(name);
    header.set_value(value);
    CHECK_THROWS_AS(response_of(bad), Error);
  };
  refused("X", "a\r\nSet-Cookie: evil=1");
  refused("X\r\nEvil", "a");
  refused("X:", "a");
  refused("", "a");
  refused("Content-Type", "text/html\nX: y");
  for (const int status : {0, 101, 199, 600, -1}) {
    answer.set_status(status);
    CHECK_THROWS_AS(response_of(answer), Error);
  }
  answer.set_status(200);
  answer.set_body(std::string(3 * 1024 * 1024 + 1, 'x'));
  CHECK_THROWS_AS(response_of(answer), Error);
}
