#include "request_header.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace sample_plugin {
namespace {

using namespace millrace;

// Those that others set: credentials are for request_auth plugins.
constexpr std::array<std::string_view, 6> kTaken{"authorization", "content-length",      "cookie",
                                                 "host",          "proxy-authorization", "transfer-encoding"};

bool is_token_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_header_name(const std::string& name) {
  std::string lower = name;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return !name.empty() && std::all_of(name.begin(), name.end(), is_token_character) &&
         std::find(kTaken.begin(), kTaken.end(), lower) == kTaken.end();
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

SamplePlugin::SamplePlugin(const PluginOptions& options)
    : name_(options.text("header", "X-Team")), value_(options.text("value", "")) {
  if (!is_header_name(name_))
    throw_invalid_parameter("'" + name_ + "' cannot be the name of the header: set 'header'.");
  if (std::any_of(value_.begin(), value_.end(), is_control))
    throw_invalid_parameter("The setting 'value' has characters that no header may have.");
}

v1::plugin::HeaderList SamplePlugin::get_headers(const CallContext&, const v1::plugin::HeaderQuery&) {
  v1::plugin::HeaderList list;
  if (value_.empty()) return list;
  list.set_applies(true);
  v1::plugin::HttpHeader& header = *list.add_headers();
  header.set_name(name_);
  header.set_value(value_);
  return list;
}

}  // namespace sample_plugin
