#include "request_header.h"

#include "check.h"

using namespace millrace;
using sample_plugin::SamplePlugin;

namespace {

void the_header_is_given() {
  SamplePlugin plugin(options({{"header", "X-Tenant"}, {"value", "a"}}));
  const auto list = plugin.get_headers({}, {});
  check(list.applies() && list.headers_size() == 1, "one header is given");
  check(list.headers(0).name() == "X-Tenant" && list.headers(0).value() == "a", "it is the one that is set");
}

void without_a_value_it_does_not_apply() {
  const auto list = SamplePlugin(options()).get_headers({}, {});
  check(!list.applies() && list.headers_size() == 0, "there is nothing to give");
}

void what_cannot_be_a_name_is_refused() {
  for (const char* name : {"", "X Team", "Authorization", "X\r\nY"}) {
    check_error(ErrorCode::kInvalidParameterValue, "the name of a header", [&] {
      SamplePlugin(options({{"header", name}}));
    });
  }
}

}  // namespace

int main() {
  the_header_is_given();
  without_a_value_it_does_not_apply();
  what_cannot_be_a_name_is_refused();
}
