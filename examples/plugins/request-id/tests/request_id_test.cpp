#include <doctest/doctest.h>

#include "example.h"
#include "millrace/v1/plugin/request_header.proxy.gen.h"

using namespace millrace;
using namespace millrace::examples;

namespace {

std::map<std::string, std::string> headers_for(Example& example, const std::string& url) {
  v1::plugin::HeaderQuery query;
  query.set_method("GET");
  query.set_url(url);
  const auto plugin = example.open<plugin::RequestHeaderProxy>(plugin::Kind::kRequestHeader, "request-id");
  const auto list = plugin->get_headers(kContext, query);
  CHECK(list.applies() == (list.headers_size() > 0));
  std::map<std::string, std::string> headers;
  for (const auto& header : list.headers()) headers[header.name()] = header.value();
  return headers;
}

}  // namespace

TEST_CASE("request-id: each request gets an id of its own, and the team") {
  for (const Place place : kPlaces) {
    Example example("request-id", place, {{"team", "red team"}});
    auto first = headers_for(example, "http://127.0.0.1/");
    auto second = headers_for(example, "http://127.0.0.1/");
    CHECK(first.size() == 2);
    CHECK(first["X-Team"] == "red team");
    CHECK(first["X-Request-Id"].size() == 32);
    CHECK(first["X-Request-Id"].find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(first["X-Request-Id"] != second["X-Request-Id"]);
  }
}

TEST_CASE("request-id: without a team nobody is told, and other servers hear nothing") {
  for (const Place place : kPlaces) {
    Example example("request-id", place, {{"header", "Request-Id"}, {"only", "https://mlflow.example.com/"}});
    auto headers = headers_for(example, "https://mlflow.example.com/api/2.0/mlflow/runs/get");
    CHECK(headers.size() == 1);
    CHECK(headers.contains("Request-Id"));
    CHECK(headers_for(example, "https://elsewhere.example.com/").empty());
  }
}

TEST_CASE("request-id: settings that would break a request are refused when it opens") {
  for (const Place place : kPlaces) {
    for (const auto& [name, value] :
         std::map<std::string, std::string>{{"header", "X Request"}, {"team", "a\r\nX: b"}}) {
      Example example("request-id", place, {{name, value}});
      const Error error = error_of([&, &only = example] { headers_for(only, "http://127.0.0.1/"); });
      CHECK(error.code() == ErrorCode::kInvalidParameterValue);
      CHECK(std::string(error.what()).find("'" + name + "'") != std::string::npos);
    }
  }
}
