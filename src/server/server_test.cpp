#include <doctest/doctest.h>

#include "base/error.h"
#include "server/browser_guard.h"
#include "server/built_ins.h"
#include "server/graphql/document.h"
#include "server/pace.h"
#include "server/settings.h"
#include "server/stores.h"

using namespace millrace;
using namespace millrace::server;

namespace {

http::RequestHead head(const std::string& method, const std::string& host, const std::string& origin = "") {
  http::RequestHead head;
  head.method = method;
  head.headers.add("Host", host);
  if (!origin.empty()) head.headers.add("Origin", origin);
  return head;
}

int status(const BrowserGuard& guard, const http::RequestHead& head, std::string_view path = "/api/2.0/x") {
  const auto response = guard.check(head, path);
  return response ? response->status : 0;
}

std::string fault(Settings settings) {
  try {
    check(settings);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("patterns match with any number of stars") {
  CHECK(matches_pattern("10.1.2.3", "10.*"));
  CHECK(matches_pattern("a.b.example.com", "*.example.com"));
  CHECK_FALSE(matches_pattern("example.com.evil", "*.example.com"));
  CHECK(matches_pattern("", "*"));
  CHECK_FALSE(matches_pattern("x", ""));
  CHECK(matches_pattern("aXbXc", "a*b*c"));
}

TEST_CASE("without settings this machine and private addresses may be asked, others not") {
  const BrowserGuard guard{BrowserGuardSettings{}};
  for (const char* host : {"localhost", "localhost:5000", "127.0.0.1:80", "[::1]:5000", "192.168.1.7:5000",
                           "172.20.0.1", "10.0.0.1"}) {
    CAPTURE(std::string(host));
    CHECK(status(guard, head("GET", host)) == 0);
  }
  for (const char* host : {"evil.example", "172.32.0.1", "", "localhost.evil.example"}) {
    CAPTURE(std::string(host));
    CHECK(status(guard, head("GET", host)) == 403);
  }
  CHECK(status(guard, head("GET", "evil.example"), "/health") == 0);
}

TEST_CASE("other origins may read but not change") {
  const BrowserGuard guard{BrowserGuardSettings{}};
  CHECK(status(guard, head("POST", "localhost", "http://evil.example")) == 403);
  CHECK(status(guard, head("GET", "localhost", "http://evil.example")) == 0);
  CHECK(status(guard, head("POST", "localhost", "http://localhost:3000")) == 0);
  CHECK(status(guard, head("POST", "localhost", "http://localhost.evil.example")) == 403);
  CHECK(status(guard, head("POST", "localhost")) == 0);
  BrowserGuardSettings settings;
  settings.allowed_origins = {"https://*.example.com"};
  CHECK(status(BrowserGuard(settings), head("POST", "localhost", "https://a.example.com")) == 0);
}

TEST_CASE("a wildcard origin never goes with credentials") {
  BrowserGuardSettings settings;
  settings.allowed_origins = {"*"};
  http::Response response;
  BrowserGuard(settings).add_headers(head("GET", "localhost", "http://x.example"), response);
  CHECK(response.headers.get("Access-Control-Allow-Origin") == "*");
  CHECK_FALSE(response.headers.contains("Access-Control-Allow-Credentials"));
}

TEST_CASE("settings that cannot be served are told without secrets") {
  CHECK(fault({}).empty());
  Settings settings;
  settings.static_prefix = "ml";
  CHECK(fault(settings) == "--static-prefix must begin with a '/'.");
  settings = {};
  settings.artifacts_only = true;
  settings.serve_artifacts = false;
  CHECK_FALSE(fault(settings).empty());
}

TEST_CASE("a store that nobody serves is told by its scheme, without secrets") {
  Log log(LogFormat::kText, LogLevel::kError);
  plugin::PluginHost plugins(plugin::Catalog(built_in_names(), {}, {}), {}, plugin::process_environment(),
                             log);
  Settings settings;
  settings.backend_store_uri = "oracle+oracledb://user:hunter2@db/x";
  std::string told;
  try {
    Stores(settings, plugins, log);
  } catch (const Error& error) {
    told = error.what();
  }
  CHECK(told.find("hunter2") == std::string::npos);
  CHECK(told.find("oracle+oracledb") != std::string::npos);
}

TEST_CASE("an operation earns its place on an I/O thread, and loses it to a slow call for a while") {
  const auto& operations = wire::operations();
  Pace pace(operations);
  const auto& operation = operations[3];
  CHECK_FALSE(pace.is_brief(operation));
  for (int i = 0; i < 50; ++i) pace.note(operation, std::chrono::microseconds(40));
  CHECK(pace.is_brief(operation));
  pace.note(operation, std::chrono::milliseconds(1));
  CHECK(pace.is_brief(operation));
  pace.note(operation, std::chrono::milliseconds(50));
  CHECK_FALSE(pace.is_brief(operation));
  CHECK_FALSE(pace.is_brief(operations[4]));
}

TEST_CASE("the time of a call counts also when it fails") {
  const auto& operations = wire::operations();
  Pace pace(operations);
  for (int i = 0; i < 50; ++i) {
    CHECK_THROWS_AS(
        [&] {
          const Pace::Watch watch(pace, operations[3]);
          throw_invalid_parameter("refused");
        }(),
        Error);
  }
  CHECK(pace.is_brief(operations[3]));
}

TEST_CASE("GraphQL documents are read with their fragments, arguments and variables") {
  const auto document = graphql::parse_document(
      "query Q($x: I! = {a: 1}) @c(name: \"q)\") { one: field(input: $x, other: [1, {a: ENUM}]) { ...f ... "
      "on T { b } } } fragment f on T { a # c\n }");
  REQUIRE(document.operation.size() == 1);
  const auto& field = document.operation[0];
  CHECK(field.alias == "one");
  CHECK(field.name == "field");
  CHECK(field.arguments[0].is_variable);
  CHECK(field.arguments[1].json == "[1,{\"a\":\"ENUM\"}]");
  CHECK(field.children[0].fragment == "f");
  CHECK(field.children[1].name == "b");
  CHECK(document.fragments.count("f") == 1);
  for (const char* text : {"", "{", "{a", "mutation { a }", "{a} {b}", "{a(}", "query { a(b: \"x }"}) {
    CAPTURE(std::string(text));
    CHECK_THROWS_AS(graphql::parse_document(text), Error);
  }
}
