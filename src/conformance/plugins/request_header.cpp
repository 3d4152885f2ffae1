#include <set>

#include "conformance/kits.h"
#include "conformance/plugins/common.h"
#include "millrace/v1/plugin/request_header.gen.h"

namespace millrace::conformance {
namespace {

using v1::plugin::HeaderList;

const CallContext kContext;

HeaderList headers_for(RequestHeader& plugin, const std::string& method) {
  v1::plugin::HeaderQuery query;
  query.set_method(method);
  query.set_url("http://127.0.0.1:5000/api/2.0/mlflow/runs/create?x=a%20b");
  return plugin.get_headers(kContext, query);
}

void headers_are_legal(RequestHeader& plugin) {
  for (const char* method : {"GET", "POST", "DELETE"}) {
    const HeaderList list = headers_for(plugin, method);
    for (const auto& header : list.headers()) require_legal_header(header);
  }
}

void what_does_not_apply_is_empty(RequestHeader& plugin) {
  for (const char* method : {"GET", "POST"}) {
    const HeaderList list = headers_for(plugin, method);
    require(list.applies() || list.headers().empty(), "it does not apply and gives headers");
  }
}

void a_header_is_given_once(RequestHeader& plugin) {
  const HeaderList list = headers_for(plugin, "POST");
  std::set<std::string> names;
  for (const auto& header : list.headers()) names.insert(header.name());
  require_count(static_cast<int64_t>(names.size()), list.headers_size(), "different headers that are given");
}

void credentials_are_left_to_others(RequestHeader& plugin) {
  const HeaderList list = headers_for(plugin, "POST");
  for (const auto& header : list.headers()) {
    for (const char* name : {"Authorization", "Cookie", "Proxy-Authorization", "Content-Length", "Host"}) {
      require(!same_header(header.name(), name), std::string(name) + " is given");
    }
  }
}

std::string call(RequestHeader& plugin) {
  std::string names;
  const HeaderList list = headers_for(plugin, "GET");
  for (const auto& header : list.headers()) names += header.name() + " ";
  return names;
}

}  // namespace

Kit<RequestHeader> request_header_kit() {
  Kit<RequestHeader> kit{
      "request_header",
      {on_new("headers are legal", headers_are_legal),
       on_new("what does not apply gives no headers", what_does_not_apply_is_empty),
       on_new("each header is given once", a_header_is_given_once),
       on_new("credentials and framing are left to others", credentials_are_left_to_others)}};
  add_stress_checks(kit, call);
  return kit;
}

}  // namespace millrace::conformance
