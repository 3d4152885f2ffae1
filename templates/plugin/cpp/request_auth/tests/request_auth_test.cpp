#include "request_auth.h"

#include "check.h"

using namespace millrace;
using sample_plugin::SamplePlugin;

namespace {

void a_request_gets_the_token() {
  SamplePlugin auth(options({{"token", "abc"}}));
  const auto headers = auth.sign({}, {});
  check(headers.set_size() == 1 && headers.set(0).name() == "Authorization", "one header is set");
  check(headers.set(0).value() == "Bearer abc", "the header has the token");
}

void a_refused_token_is_not_used_again() {
  SamplePlugin auth(options({{"token", "abc"}}));
  v1::plugin::RequestToSign request;
  request.set_rejected(true);
  check_error(ErrorCode::kUnauthenticated, "a refused token", [&] { auth.sign({}, request); });
}

void a_token_that_would_break_the_header_is_refused() {
  for (const char* token : {"", "a b", "abc\r\nX-Evil: 1", "\xc3\xa4"}) {
    check_error(ErrorCode::kInvalidParameterValue, "an illegal token", [&] {
      SamplePlugin(options({{"token", token}}));
    });
  }
}

}  // namespace

int main() {
  a_request_gets_the_token();
  a_refused_token_is_not_used_again();
  a_token_that_would_break_the_header_is_refused();
}
