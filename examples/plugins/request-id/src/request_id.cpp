// Marks the requests that a client sends, so that they are found again in the logs of proxies and servers: a
// request id that is new each time, and who is behind it.

#include <array>
#include <cstdio>
#include <random>

#include "millrace/plugin.h"

namespace {

using namespace millrace;
using v1::plugin::HeaderList;
using v1::plugin::HeaderQuery;

constexpr std::string_view kTokenCharacters =
    "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// Names of headers by RFC 9110; values of visible ASCII, so that no setting can smuggle a second header in.
void require_header_name(const std::string& name) {
  if (name.empty() || name.find_first_not_of(kTokenCharacters) != std::string::npos)
    throw_invalid_parameter("The setting 'header' is no legal name of a header.");
}

void require_header_value(const std::string& setting, const std::string& value) {
  for (const unsigned char c : value) {
    if (c < 0x20 || c > 0x7e)
      throw_invalid_parameter("The setting '" + setting + "' has characters that no header may have.");
  }
}

// 128 bits of the system's random source, as UUIDs have them.
std::string new_id() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 4; ++i) {
    std::array<char, 9> digits{};
    std::snprintf(digits.data(), digits.size(), "%08x", random());
    id += digits.data();
  }
  return id;
}

class RequestId : public RequestHeader {
 public:
  explicit RequestId(const PluginOptions& options)
      : header_(options.text("header")), team_(options.text("team", "")), only_(options.text("only", "")) {
    require_header_name(header_);
    require_header_value("team", team_);
  }

  HeaderList get_headers(const CallContext&, const HeaderQuery& query) override {
    HeaderList list;
    if (!query.url().starts_with(only_)) return list;
    list.set_applies(true);
    add(list, header_, new_id());
    if (!team_.empty()) add(list, "X-Team", team_);
    return list;
  }

 private:
  static void add(HeaderList& list, const std::string& name, const std::string& value) {
    v1::plugin::HttpHeader& header = *list.add_headers();
    header.set_name(name);
    header.set_value(value);
  }

  const std::string header_;
  const std::string team_;  // empty: not told
  const std::string only_;
};

}  // namespace

MILLRACE_PLUGIN(plugin) {
  plugin.provide<RequestHeader>(
      "request-id", [](const PluginOptions& options) { return std::make_shared<RequestId>(options); });
}
