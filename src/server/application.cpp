#include "server/application.h"

#include "base/error.h"
#include "server/app/gated_exchange.h"

namespace millrace::server {
namespace {

// An answer that is known before the body.
class FixedExchange : public http::Exchange {
 public:
  explicit FixedExchange(http::Response response) : response_(std::move(response)) {}
  uint64_t body_limit() const override { return 16 * 1024 * 1024; }
  bool runs_inline() const override { return true; }
  http::Response finish(std::string) noexcept override { return std::move(response_); }

 private:
  http::Response response_;
};

class PageExchange : public http::Exchange {
 public:
  PageExchange(const Page& page, const http::RequestHead& head, const OperationEnvironment& environment,
               SharedIdentity who)
      : page_(page), head_(head), log_(environment.log), policy_(environment.policy), who_(std::move(who)) {}
  uint64_t body_limit() const override { return 4 * 1024 * 1024; }
  bool runs_inline() const override { return page_.runs_inline && page_.judged_as.empty(); }

  http::Response finish(std::string body) noexcept override {
    try {
      judge();
      http::Response response =
          page_.answer_for ? page_.answer_for(head_, body, who_) : page_.answer(head_, body);
      if (response.operation.empty()) response.operation = "-";
      return response;
    } catch (const Error& error) {
      return error_response(error, head_.request_id);
    } catch (const std::exception& fault) {
      log_.write(LogLevel::kError, fault.what(), {{"path", head_.path}, {"request_id", head_.request_id}});
      return error_response(
          Error(ErrorCode::kInternalError,
                "The server met an unexpected fault; its log tells more under the request id."),
          head_.request_id);
    }
  }

 private:
  void judge() {
    if (page_.judged_as.empty() || !policy_.judges()) return;
    CallContext context;
    context.request_id = head_.request_id;
    policy_.authorize(context, who_ == nullptr ? access::Identity() : *who_,
                      {v1::ACTION_READ, v1::RESOURCE_KIND_SERVER, {}, page_.judged_as});
  }

  const Page& page_;
  const http::RequestHead& head_;  // lives as long as the exchange
  Log& log_;
  access::Policy& policy_;
  const SharedIdentity who_;
};

// Adds the guard's headers to whatever is answered.
class GuardedExchange : public http::Exchange {
 public:
  GuardedExchange(const BrowserGuard& guard, const http::RequestHead& head,
                  std::unique_ptr<http::Exchange> inner)
      : guard_(guard), head_(head), inner_(std::move(inner)) {}
  bool needs_admission() const override { return inner_->needs_admission(); }
  void admit(const std::function<void()>& ready) noexcept override { inner_->admit(ready); }
  http::BodyMode body_mode() const override { return inner_->body_mode(); }
  uint64_t body_limit() const override { return inner_->body_limit(); }
  bool runs_inline() const override { return inner_->runs_inline(); }
  bool start(const std::string& body, const std::function<void()>& ready) noexcept override {
    return inner_->start(body, ready);
  }
  bool may_start(const std::string& body) const override { return inner_->may_start(body); }
  bool write(std::string_view chunk) noexcept override { return inner_->write(chunk); }

  http::Response finish(std::string body) noexcept override {
    http::Response response = inner_->finish(std::move(body));
    guard_.add_headers(head_, response);
    return response;
  }

 private:
  const BrowserGuard& guard_;
  const http::RequestHead& head_;  // lives as long as the exchange
  std::unique_ptr<http::Exchange> inner_;
};

std::unique_ptr<http::Exchange> fixed(http::Response response) {
  return std::make_unique<FixedExchange>(std::move(response));
}

std::unique_ptr<http::Exchange> fixed_error(ErrorCode code, const std::string& message,
                                            const http::RequestHead& head) {
  return fixed(error_response(Error(code, message), head.request_id));
}

std::unique_ptr<http::Exchange> method_not_allowed(const std::string& allowed,
                                                   const http::RequestHead& head) {
  http::Response response =
      error_response(Error(ErrorCode::kBadRequest, "The method " + head.method +
                                                       " is not allowed here; allowed are: " + allowed + "."),
                     head.request_id);
  response.status = 405;
  response.headers.add("Allow", allowed + ", OPTIONS");
  return fixed(std::move(response));
}

std::unique_ptr<http::Exchange> options_answer(const std::string& allowed) {
  http::Response response;
  response.status = 200;
  response.content_type = "text/plain";
  response.headers.add("Allow", allowed + ", OPTIONS");
  return fixed(std::move(response));
}

bool has_method(const std::string& methods, std::string_view method) {
  const size_t at = methods.find(method);
  return at != std::string::npos && (at == 0 || methods[at - 1] == ' ') &&
         (at + method.size() == methods.size() || methods[at + method.size()] == ',');
}

// The path below the static prefix; empty when it lies elsewhere.
std::string_view below_prefix(std::string_view path, const std::string& prefix) {
  if (!path.starts_with(prefix)) return {};
  path.remove_prefix(prefix.size());
  return path.empty() ? std::string_view("/") : path;
}

}  // namespace

std::unique_ptr<http::Exchange> Application::begin(const http::RequestHead& head) noexcept {
  try {
    return guarded(head, check(head));
  } catch (const std::exception&) {
    return fixed_error(ErrorCode::kInternalError, "The server met an unexpected fault.", head);
  }
}

std::unique_ptr<http::Exchange> Application::guarded(const http::RequestHead& head,
                                                     std::unique_ptr<http::Exchange> exchange) {
  return std::make_unique<GuardedExchange>(guard_, head, std::move(exchange));
}

// What lies elsewhere than below the prefix is nothing of ours, but whoever asks for it has to say who they
// are all the same.
std::unique_ptr<http::Exchange> Application::check(const http::RequestHead& head) {
  const std::string_view path = below_prefix(head.path, environment_.static_prefix);
  if (auto response = guard_.check(head, path)) return fixed(*std::move(response));
  if (gate_ == nullptr || gate_->is_open(head, path)) return route(head, path, nullptr);
  return make_gated_exchange(
      *gate_, head, path, [this, &head, path](const SharedIdentity& who) { return route(head, path, who); });
}

const Page* Application::find_page(const http::RequestHead& head, std::string_view path) const {
  for (const Variant& variant : variants_) {
    if (variant.path == path && variant.chosen(head)) return &variant.page;
  }
  const auto page = pages_.find(path);
  return page == pages_.end() ? nullptr : &page->second;
}

std::unique_ptr<http::Exchange> Application::route(const http::RequestHead& head, std::string_view path,
                                                   const SharedIdentity& who) {
  if (const Page* page = find_page(head, path)) return route_page(head, *page, who);
  if (app_routes_ != nullptr && app_routes_->covers(path)) return app_routes_->exchange(head, path, who);
  wire::RouteMatch match = routes_.match(head.method, path);
  if (match.operation != nullptr) {
    if (kept_ && !kept_(path)) {
      return fixed_error(
          ErrorCode::kTemporarilyUnavailable,
          "Endpoint disabled due to the server running in `--artifacts-only` mode. To enable tracking "
          "server functionality, run it without `--artifacts-only`",
          head);
    }
    return make_operation_exchange(environment_, head, std::move(match), who);
  }
  if (!match.allowed_methods.empty()) {
    return head.method == "OPTIONS" ? options_answer(match.allowed_methods)
                                    : method_not_allowed(match.allowed_methods, head);
  }
  return fixed_error(ErrorCode::kEndpointNotFound, "Nothing is served at '" + head.path.substr(0, 500) + "'.",
                     head);
}

std::unique_ptr<http::Exchange> Application::route_page(const http::RequestHead& head, const Page& page,
                                                        const SharedIdentity& who) {
  if (has_method(page.methods, head.method))
    return std::make_unique<PageExchange>(page, head, environment_, who);
  return head.method == "OPTIONS" ? options_answer(page.methods) : method_not_allowed(page.methods, head);
}

HostPaths Application::host_paths() const {
  HostPaths paths;
  const auto add_part = [&paths](std::string_view path) {
    paths.parts.emplace(path.substr(1, path.find('/', 1) - 1));
  };
  for (const auto& [path, page] : pages_) {
    add_part(path);
    if (page.judged_as.empty() && !page.answer_for) paths.pages.insert(path);
  }
  for (const char* mount : {"/api", "/ajax-api"}) add_part(mount);
  for (const wire::Operation& operation : wire::operations()) {
    for (const wire::Binding& binding : operation.bindings) {
      if (binding.path.starts_with('/')) add_part(binding.path);
    }
  }
  return paths;
}

std::set<std::string, std::less<>> Application::shell_paths() const {
  std::set<std::string, std::less<>> paths;
  for (const auto& [path, page] : pages_) {
    if (page.is_shell) paths.insert(path);
  }
  return paths;
}

http::Response Application::refuse(int status, std::string_view message,
                                   const std::string& request_id) noexcept {
  const ErrorCode code = status == 503 ? ErrorCode::kTemporarilyUnavailable : ErrorCode::kBadRequest;
  http::Response response = error_response(Error(code, std::string(message)), request_id);
  response.status = status;
  return response;
}

}  // namespace millrace::server
