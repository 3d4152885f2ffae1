#include "server/app/app_routes.h"

#include <algorithm>

#include "base/error.h"
#include "server/app/header_rules.h"

namespace millrace::server {
namespace {

constexpr uint64_t kLargestBody = 1024 * 1024;
constexpr size_t kLargestAnswer = 3 * 1024 * 1024;
constexpr std::chrono::seconds kPatience{30};

[[noreturn]] void refuse(const std::string& what, const std::string& path, const std::string& why) {
  throw Error(ErrorCode::kInvalidState,
              "The server app wants the " + what + " '" + path.substr(0, 200) + "', " + why);
}

bool is_plain_path(std::string_view path) {
  return path.size() > 1 && path.starts_with('/') && !path.ends_with('/') &&
         path.find("//") == std::string_view::npos && std::all_of(path.begin(), path.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("/-._~").find(c) != std::string_view::npos;
         });
}

std::string_view first_part(std::string_view path) {
  path.remove_prefix(1);
  return path.substr(0, path.find('/'));
}

bool is_below(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

void check_prefix(const std::string& prefix, const HostPaths& host) {
  if (!is_plain_path(prefix))
    refuse("prefix", prefix, "which is none: it begins with '/', goes on and has no '/' at its end.");
  if (host.parts.find(first_part(prefix)) != host.parts.end())
    refuse("prefix", prefix, "which is the server's own: choose another first part.");
}

// Whoever asks for one of the host's pages without saying who they are gets nothing of the stores.
void check_public_path(const std::string& path, const v1::plugin::RouteList& routes, const HostPaths& host) {
  const bool own = std::any_of(routes.prefixes().begin(), routes.prefixes().end(),
                               [&](const std::string& prefix) { return is_below(path, prefix); });
  if (own || host.pages.find(path) != host.pages.end()) return;
  refuse("public path", path,
         "which is neither below one of its prefixes nor a page of the server that may be public.");
}

// The app serves one request with one call; a larger body than the contract has is answered 413.
class AppExchange : public http::Exchange {
 public:
  AppExchange(ServerApp& app, Log& log, const http::RequestHead& head, v1::plugin::AppRequest request)
      : app_(app), log_(log), head_(head), request_(std::move(request)) {}
  uint64_t body_limit() const override { return kLargestBody; }

  http::Response finish(std::string body) noexcept override {
    try {
      request_.set_body(std::move(body));
      CallContext context;
      context.request_id = head_.request_id;
      context.principal = request_.principal();
      context.deadline = CallContext::Clock::now() + kPatience;
      return response_of(app_.handle(context, request_));
    } catch (const Error& error) {
      return fault(error);
    } catch (const std::exception& error) {
      return fault(Error(ErrorCode::kInternalError, error.what()));
    }
  }

 private:
  // What went wrong inside is for the log: the path may be public.
  http::Response fault(const Error& error) {
    if (http_status(error.code()) < 500) return error_response(error, head_.request_id);
    log_.write(LogLevel::kError, "The server app could not answer: " + std::string(error.what()),
               {{"path", head_.path.substr(0, 500)}, {"request_id", head_.request_id}});
    return error_response(Error(error.code(), "The server app could not answer; the log tells more."),
                          head_.request_id);
  }

  ServerApp& app_;
  Log& log_;
  const http::RequestHead& head_;
  v1::plugin::AppRequest request_;
};

}  // namespace

void check_routes(const v1::plugin::RouteList& routes, const HostPaths& host) {
  for (const std::string& prefix : routes.prefixes()) check_prefix(prefix, host);
  for (const std::string& path : routes.public_paths()) check_public_path(path, routes, host);
}

AppRoutes::AppRoutes(std::shared_ptr<ServerApp> app, const v1::plugin::RouteList& routes,
                     std::string static_prefix, Log& log)
    : app_(std::move(app)),
      prefixes_(routes.prefixes().begin(), routes.prefixes().end()),
      static_prefix_(std::move(static_prefix)),
      log_(log) {}

bool AppRoutes::covers(std::string_view path) const {
  return std::any_of(prefixes_.begin(), prefixes_.end(),
                     [path](const std::string& prefix) { return is_below(path, prefix); });
}

std::unique_ptr<http::Exchange> AppRoutes::exchange(const http::RequestHead& head, std::string_view path,
                                                    const SharedIdentity& who) const {
  v1::plugin::AppRequest request;
  request.set_method(head.method);
  request.set_path(contract_text(path));
  request.set_query(contract_text(head.query));
  for (const auto& [name, value] : head.headers.fields()) {
    if (is_hop_by_hop(name)) continue;
    auto& header = *request.add_headers();
    header.set_name(name);
    header.set_value(contract_text(value));
  }
  if (who != nullptr) request.set_principal(who->principal);
  request.set_static_prefix(static_prefix_);
  request.set_secure(head.secure);
  return std::make_unique<AppExchange>(*app_, log_, head, std::move(request));
}

http::Response response_of(const v1::plugin::AppResponse& answer) {
  if (answer.status() < 200 || answer.status() > 599)
    throw Error(ErrorCode::kInternalError, "it answered the status " + std::to_string(answer.status()));
  if (answer.body().size() > kLargestAnswer)
    throw Error(ErrorCode::kInternalError, "it answered more than 3 MiB");
  http::Response response;
  response.status = answer.status();
  response.content_type = "application/octet-stream";
  response.operation = "-";
  for (const auto& header : answer.headers()) {
    if (!is_header_name(header.name()) || !is_header_value(header.value()))
      throw Error(ErrorCode::kInternalError, "it answered a header that is none");
    if (same_header(header.name(), "content-type")) {
      response.content_type = header.value();
    } else if (!is_hop_by_hop(header.name())) {
      response.headers.add(header.name(), header.value());
    }
  }
  response.body = answer.body();
  return response;
}

}  // namespace millrace::server
