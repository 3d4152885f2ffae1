#include <doctest/doctest.h>

#include "server/ui.h"

using namespace millrace;
using namespace millrace::server;

namespace {

const UiAsset kScript{
    "assets/index-abc.js", "text/javascript", "\"tag\"", "script-src 'self'", "plain", "zipped", "brotli"};
const UiAsset kIndex{"index.html", "text/html", "\"tag\"", "script-src 'self'", "plain", "zipped", "brotli"};

http::RequestHead asking(const std::string& name, const std::string& value) {
  http::RequestHead head;
  head.headers.add(name, value);
  return head;
}

std::string body(const http::Response& response) {
  return std::get<std::string>(response.body);
}

}  // namespace

TEST_CASE("a file of the page is sent in the smallest form that the client takes") {
  CHECK(body(ui_response(kScript, asking("Accept-Encoding", "gzip, deflate, br"))) == "brotli");
  CHECK(body(ui_response(kScript, asking("Accept-Encoding", "gzip"))) == "zipped");
  CHECK(body(ui_response(kScript, asking("Accept-Encoding", "gzip;q=0"))) == "plain");
  CHECK(body(ui_response(kScript, {})) == "plain");
}

TEST_CASE("hashed files are kept, the index is asked for again and not sent twice") {
  CHECK(ui_response(kScript, {}).headers.get("Cache-Control") == "public, max-age=31536000, immutable");
  const auto index = ui_response(kIndex, asking("If-None-Match", "W/\"x\", \"tag\""));
  CHECK(index.headers.get("Cache-Control") == "no-cache");
  CHECK(index.status == 304);
  CHECK(body(index).empty());
}

TEST_CASE("every answer of the page carries the policy of its file") {
  CHECK(ui_response(kIndex, {}).headers.get("Content-Security-Policy") == "script-src 'self'");
}

TEST_CASE("no file of the page lets inline scripts run but the frames, which have no origin") {
  for (const UiAsset& asset : ui_assets()) {
    CAPTURE(asset.path);
    const bool framed = asset.path.starts_with("frame");
    CHECK((asset.policy.find("unsafe") != std::string_view::npos) == framed);
    CHECK(asset.policy.starts_with("sandbox allow-scripts;") == framed);
    CHECK(asset.policy.find("allow-same-origin") == std::string_view::npos);
    CHECK(asset.policy.find("default-src 'none'") != std::string_view::npos);
  }
}
