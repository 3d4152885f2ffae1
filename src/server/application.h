#pragma once

#include <functional>
#include <map>
#include <string>

#include "server/browser_guard.h"
#include "server/http/message.h"
#include "server/operation_exchange.h"
#include "wire/route_table.h"

namespace millrace::server {

/// A page that is no operation of the contract: health, version, metrics, what the official page asks for.
struct Page {
  std::string methods = "GET";  ///< separated by ", "
  bool runs_inline = true;      ///< see http::Exchange
  std::function<http::Response(const http::RequestHead&, const std::string& body)> answer;
};

/// Decides what becomes of each request: the browser guard, then pages, then operations, then 404. Built at
/// start-up, constant after that; any thread.
class Application : public http::Handler {
 public:
  Application(const OperationEnvironment& environment, BrowserGuard guard, const wire::RouteTable& routes)
      : environment_(environment), guard_(std::move(guard)), routes_(routes) {}

  /// `path` is below the static prefix.
  void add_page(const std::string& path, Page page) { pages_[path] = std::move(page); }

  /// Only what `kept` says is served; the rest answers 503 as the reference does with --artifacts-only.
  void serve_only(std::function<bool(std::string_view path)> kept) { kept_ = std::move(kept); }

  std::unique_ptr<http::Exchange> begin(const http::RequestHead& head) noexcept override;
  http::Response refuse(int status, std::string_view message,
                        const std::string& request_id) noexcept override;

 private:
  std::unique_ptr<http::Exchange> route(const http::RequestHead& head);
  std::unique_ptr<http::Exchange> route_page(const http::RequestHead& head, const Page& page);
  std::unique_ptr<http::Exchange> guarded(const http::RequestHead& head,
                                          std::unique_ptr<http::Exchange> exchange);

  OperationEnvironment environment_;
  BrowserGuard guard_;
  const wire::RouteTable& routes_;
  std::map<std::string, Page, std::less<>> pages_;
  std::function<bool(std::string_view)> kept_;
};

}  // namespace millrace::server
