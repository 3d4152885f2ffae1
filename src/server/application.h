#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "server/app/app_routes.h"
#include "server/app/gate.h"
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
  /// Set: only whoever may read the server gets this page; the name that the policy is asked with, "Metrics".
  /// Empty: it carries nothing of the stores, so that being authenticated is enough. Does not run inline
  /// then.
  std::string judged_as;
  /// A file of the web page: the same for all, with nothing of the server in it, so that whoever has not said
  /// who they are may read it, and find in it where to do so.
  bool is_shell = false;
  /// Stands for `answer` where the page has to know who asks, because it judges parts of the request itself.
  std::function<http::Response(const http::RequestHead&, const std::string& body, const SharedIdentity&)>
      answer_for;
};

/// Decides what becomes of each request: the browser guard, then the gate of an auth app, then pages, then
/// what the app serves, then operations, then 404. Built at start-up, constant after that; any thread.
class Application : public http::Handler {
 public:
  Application(const OperationEnvironment& environment, BrowserGuard guard, const wire::RouteTable& routes)
      : environment_(environment), guard_(std::move(guard)), routes_(routes) {}

  /// `path` is below the static prefix.
  void add_page(const std::string& path, Page page) { pages_[path] = std::move(page); }

  /// A page for requests to `path` whose head `chosen` picks; the others get what add_page() has.
  void add_variant(const std::string& path, std::function<bool(const http::RequestHead&)> chosen, Page page) {
    variants_.push_back({path, std::move(chosen), std::move(page)});
  }

  /// Puts a gate before everything, which outlives the application.
  void protect(const Gate& gate) { gate_ = &gate; }
  /// Adds what an app serves; it outlives the application.
  void add_routes(const AppRoutes& routes) { app_routes_ = &routes; }

  /// What is served here, for apps that want to serve more.
  HostPaths host_paths() const;

  /// Paths of the files that make up the web page.
  std::set<std::string, std::less<>> shell_paths() const;

  /// Only what `kept` says is served; the rest answers 503 as the reference does with --artifacts-only.
  void serve_only(std::function<bool(std::string_view path)> kept) { kept_ = std::move(kept); }

  std::unique_ptr<http::Exchange> begin(const http::RequestHead& head) noexcept override;
  http::Response refuse(int status, std::string_view message,
                        const std::string& request_id) noexcept override;

 private:
  struct Variant {
    std::string path;
    std::function<bool(const http::RequestHead&)> chosen;
    Page page;
  };

  std::unique_ptr<http::Exchange> check(const http::RequestHead& head);
  std::unique_ptr<http::Exchange> route(const http::RequestHead& head, std::string_view path,
                                        const SharedIdentity& who);
  const Page* find_page(const http::RequestHead& head, std::string_view path) const;
  std::unique_ptr<http::Exchange> route_page(const http::RequestHead& head, const Page& page,
                                             const SharedIdentity& who);
  std::unique_ptr<http::Exchange> guarded(const http::RequestHead& head,
                                          std::unique_ptr<http::Exchange> exchange);

  OperationEnvironment environment_;
  BrowserGuard guard_;
  const wire::RouteTable& routes_;
  std::map<std::string, Page, std::less<>> pages_;
  std::vector<Variant> variants_;
  const Gate* gate_ = nullptr;
  const AppRoutes* app_routes_ = nullptr;
  std::function<bool(std::string_view)> kept_;
};

}  // namespace millrace::server
