#include "server/app/gate.h"

#include "server/health.h"
#include "server/operation_exchange.h"

namespace millrace::server {
namespace {

SharedVerdict bad_request(std::string fault) {
  Verdict verdict;
  verdict.code = ErrorCode::kBadRequest;
  verdict.message = std::move(fault);
  return std::make_shared<const Verdict>(std::move(verdict));
}

bool is_of_script(const http::RequestHead& head) {
  return head.headers.get("X-Requested-With") == "XMLHttpRequest";
}

}  // namespace

bool Gate::is_open(const http::RequestHead& head, std::string_view path) const {
  if (path == kHealthPath) return !asks_verbose_health(head);
  const bool reads = head.method == "GET" || head.method == "HEAD";
  return open_.of_app.contains(path) || (reads && open_.of_shell.contains(path));
}

SharedVerdict Gate::known(const http::RequestHead& head) const {
  std::string fault = reader_.fault(head);
  return fault.empty() ? authenticator_.known(reader_.key(head)) : bad_request(std::move(fault));
}

void Gate::ask(const http::RequestHead& head, std::string_view path, Authenticator::Reply reply) const {
  authenticator_.ask(reader_.key(head), reader_.read(head, path), head.request_id, std::move(reply));
}

http::Response refusal(const Verdict& verdict, const http::RequestHead& head) {
  http::Response response = error_response(Error(verdict.code, verdict.message), head.request_id);
  if (response.status != 401) return response;
  const bool for_script = is_of_script(head);
  const char* name = for_script ? "X-WWW-Authenticate" : "WWW-Authenticate";
  // A 401 has at least one challenge (RFC 9110, section 15.5.2).
  if (for_script) response.headers.add("WWW-Authenticate", "Page realm=\"millrace\"");
  for (const std::string& challenge : verdict.challenges) response.headers.add(name, challenge);
  if (verdict.challenges.empty()) response.headers.add(name, "Bearer realm=\"millrace\"");
  return response;
}

}  // namespace millrace::server
