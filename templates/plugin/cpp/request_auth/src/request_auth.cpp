#include "request_auth.h"

#include <algorithm>

namespace sample_plugin {

using namespace millrace;

SamplePlugin::SamplePlugin(const PluginOptions& options) : token_(options.secret("token")) {
  const std::string_view text = token_.reveal();
  const bool legal = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (text.empty() || !legal)
    throw_invalid_parameter("The setting 'token' is empty or has characters that no header may have.");
}

v1::plugin::SignedHeaders SamplePlugin::sign(const CallContext&, const v1::plugin::RequestToSign& request) {
  if (request.rejected()) {
    throw Error(ErrorCode::kUnauthenticated,
                "The server refused the token: set 'token' to one that is valid.");
  }
  v1::plugin::SignedHeaders headers;
  v1::plugin::HttpHeader& header = *headers.add_set();
  header.set_name("Authorization");
  header.set_value("Bearer " + std::string(token_.reveal()));
  return headers;
}

// Called by `millrace plugin doctor`. Ask the place that gives out tokens here, if it can be asked.
v1::plugin::CheckReport SamplePlugin::check() {
  v1::plugin::CheckReport report;
  auto& finding = *report.add_findings();
  finding.set_subject("credentials");
  finding.set_outcome(v1::plugin::CheckReport::OUTCOME_FINE);
  finding.set_message("a token is set");
  return report;
}

}  // namespace sample_plugin
