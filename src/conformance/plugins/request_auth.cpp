#include <algorithm>
#include <array>
#include <set>

#include "base/clock.h"
#include "conformance/kits.h"
#include "conformance/plugins/common.h"
#include "millrace/v1/plugin/request_auth.gen.h"

namespace millrace::conformance {
namespace {

using v1::plugin::RequestToSign;
using v1::plugin::SignedHeaders;

const CallContext kContext;
constexpr const char* kHashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* kHashOfBraces = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

RequestToSign get_request() {
  RequestToSign request;
  request.set_method("GET");
  request.set_url("http://127.0.0.1:5000/api/2.0/mlflow/runs/get?run_id=0123&x=a%20b%C3%A4");
  request.set_body_sha256(kHashOfNothing);
  return request;
}

RequestToSign post_request() {
  RequestToSign request = get_request();
  request.set_method("POST");
  request.set_url("https://[::1]:8443/prefix/api/2.0/mlflow/runs/log-batch");
  request.set_body_sha256(kHashOfBraces);
  request.set_body_bytes(2);
  auto& header = *request.add_headers();
  header.set_name("Content-Type");
  header.set_value("application/json");
  return request;
}

const std::array kRequests{get_request, post_request};

std::set<std::string> names_set_by(const SignedHeaders& signature) {
  std::set<std::string> names;
  for (const auto& header : signature.set()) names.insert(header.name());
  return names;
}

void headers_are_legal(RequestAuth& auth) {
  for (const auto make : kRequests) {
    const SignedHeaders signature = auth.sign(kContext, make());
    for (const auto& header : signature.set()) require_legal_header(header);
  }
}

void something_is_signed(RequestAuth& auth) {
  const SignedHeaders signature = auth.sign(kContext, get_request());
  require(signature.set_size() + signature.remove_size() > 0, "the request is left as it was");
}

void a_header_is_set_once(RequestAuth& auth) {
  const SignedHeaders signature = auth.sign(kContext, post_request());
  require_count(static_cast<int64_t>(names_set_by(signature).size()), signature.set_size(),
                "different headers that are set");
  for (const auto& removed : signature.remove()) {
    for (const auto& header : signature.set()) {
      require(!same_header(header.name(), removed), "the header '" + removed + "' is set and removed");
    }
  }
}

void framing_is_left_alone(RequestAuth& auth) {
  for (const auto make : kRequests) {
    const SignedHeaders signature = auth.sign(kContext, make());
    for (const char* name : {"Content-Length", "Transfer-Encoding", "Connection"}) {
      for (const auto& header : signature.set())
        require(!same_header(header.name(), name), std::string(name) + " is set");
      for (const auto& removed : signature.remove())
        require(!same_header(removed, name), std::string(name) + " is removed");
    }
  }
}

void the_expiry_lies_ahead(RequestAuth& auth) {
  for (const auto make : kRequests) {
    const int64_t expiry = auth.sign(kContext, make()).expires_at();
    require(expiry == 0 || expiry > unix_millis(), "the signature has expired as it is given");
  }
}

void signing_again_sets_the_same_headers(RequestAuth& auth) {
  for (const auto make : kRequests) {
    require(names_set_by(auth.sign(kContext, make())) == names_set_by(auth.sign(kContext, make())),
            "the same request gets other headers when it is signed again");
  }
}

// A provider that cannot get anything new may refuse; it may not fall silent.
void a_rejected_signature_is_renewed_or_refused(RequestAuth& auth) {
  RequestToSign request = get_request();
  auth.sign(kContext, request);
  request.set_rejected(true);
  try {
    const SignedHeaders signature = auth.sign(kContext, request);
    require(signature.set_size() > 0, "after a rejection the request is left without a signature");
    for (const auto& header : signature.set()) require_legal_header(header);
  } catch (const Error& error) {
    require(error.code() != ErrorCode::kNotImplemented, "a rejected signature is not provided for");
  }
}

void errors_keep_the_secret(RequestAuth& auth, const std::string& secret) {
  RequestToSign request = get_request();
  request.set_url("\\ not a URL");
  request.set_method("");
  try {
    auth.sign(kContext, request);
  } catch (const Error& error) {
    require_no_credential(error.what(), secret, "the text of an error");
  }
}

std::string call(RequestAuth& auth) {
  std::string names;
  const SignedHeaders signature = auth.sign(kContext, post_request());
  for (const std::string& name : names_set_by(signature)) names += name + " ";
  return names;
}

}  // namespace

Kit<RequestAuth> request_auth_kit() {
  Kit<RequestAuth> kit{"request_auth",
                       {on_new("a signature has legal headers", headers_are_legal),
                        on_new("a signature changes the request", something_is_signed),
                        on_new("a signature sets each header once", a_header_is_set_once),
                        on_new("a signature leaves the framing of the message alone", framing_is_left_alone),
                        on_new("a signature has not expired when it is given", the_expiry_lies_ahead),
                        on_new("signing again sets the same headers", signing_again_sets_the_same_headers),
                        on_new("a signature that was rejected is renewed or refused",
                               a_rejected_signature_is_renewed_or_refused),
                        with_sample("secret", "errors do not show the secret", errors_keep_the_secret)}};
  add_stress_checks(kit, call);
  return kit;
}

}  // namespace millrace::conformance
