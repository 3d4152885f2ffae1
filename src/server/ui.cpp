#include "server/ui.h"

namespace millrace::server {
namespace {

using http::RequestHead;
using http::Response;

bool accepts(const RequestHead& head, std::string_view coding) {
  const std::string_view accepted = head.headers.get("Accept-Encoding");
  const size_t at = accepted.find(coding);
  return at != std::string_view::npos && accepted.substr(at + coding.size(), 4) != ";q=0";
}

bool has_hash(std::string_view path) {
  return path.starts_with("assets/");
}

Response left_out() {
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = std::string(R"(<!doctype html><html lang="en"><meta charset="utf-8"><title>Millrace</title>
<h1>Millrace is running</h1>
<p>This build has no web page: it was made without Node. Build with Node 20.19 or later, or with -DMILLRACE_UI=ON, to have it.</p>
<p>Point an MLflow client at this server: <code>mlflow.set_tracking_uri("http://this-host:port")</code></p>
<ul><li><a href="openapi.json">openapi.json</a>: the REST API</li><li><a href="metrics">metrics</a>: counters for Prometheus</li>
<li><a href="health">health</a>, <a href="version">version</a>, <a href="millrace/version">millrace/version</a></li></ul></html>
)");
  return response;
}

// Nothing of the server is in the page's files: it asks for all that it shows.
Page shell() {
  Page page;
  page.is_shell = true;
  return page;
}

void add(Application& application, const std::string& path, const UiAsset& asset) {
  Page page = shell();
  page.answer = [&asset](const RequestHead& head, const std::string&) { return ui_response(asset, head); };
  application.add_page(path, std::move(page));
}

// The page's links are relative, so below a static prefix it must be asked for with the slash.
Response index_response(const UiAsset& asset, const RequestHead& head) {
  if (head.path.ends_with('/')) return ui_response(asset, head);
  Response response;
  response.status = 302;
  response.content_type = "text/plain";
  response.headers.add("Location", head.path + "/");
  return response;
}

void add_index(Application& application, const UiAsset& asset) {
  Page page = shell();
  page.answer = [&asset](const RequestHead& head, const std::string&) { return index_response(asset, head); };
  application.add_page("/", std::move(page));
}

}  // namespace

Response ui_response(const UiAsset& asset, const RequestHead& head) {
  Response response;
  response.content_type = asset.content_type;
  response.headers.add("ETag", std::string(asset.etag));
  response.headers.add("Cache-Control",
                       has_hash(asset.path) ? "public, max-age=31536000, immutable" : "no-cache");
  response.headers.add("Vary", "Accept-Encoding");
  response.headers.add("Content-Security-Policy", std::string(asset.policy));
  response.headers.add("Referrer-Policy", "same-origin");
  if (head.headers.get("If-None-Match").find(asset.etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  if (accepts(head, "br")) {
    response.headers.add("Content-Encoding", "br");
    response.body = std::string(asset.brotli);
  } else if (accepts(head, "gzip")) {
    response.headers.add("Content-Encoding", "gzip");
    response.body = std::string(asset.gzip);
  } else {
    response.body = std::string(asset.plain);
  }
  return response;
}

void add_ui(Application& application) {
  if (ui_assets().empty()) {
    Page page = shell();
    page.answer = [](const RequestHead&, const std::string&) { return left_out(); };
    application.add_page("/", std::move(page));
  }
  for (const UiAsset& asset : ui_assets()) {
    add(application, "/" + std::string(asset.path), asset);
    if (asset.path == "index.html") add_index(application, asset);
  }
}

}  // namespace millrace::server
