#include "conformance/plugins/common.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cctype>

namespace millrace::conformance {
namespace {

bool is_token_character(unsigned char c) {
  return std::isalnum(c) != 0 ||
         std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
}

bool is_control(unsigned char c) {
  return (c < 0x20 && c != '\t') || c == 0x7f;
}

}  // namespace

void require_legal_header(const v1::plugin::HttpHeader& header) {
  const std::string& name = header.name();
  require(!name.empty() && std::all_of(name.begin(), name.end(), is_token_character),
          "'" + name + "' is no legal name of a header");
  require(std::none_of(header.value().begin(), header.value().end(), is_control),
          "the value of the header '" + name + "' has a control character");
}

void require_no_credential(std::string_view text, std::string_view credential, const std::string& what) {
  require(credential.empty() || text.find(credential) == std::string_view::npos,
          what + " contains the credential");
}

void require_json_object(const std::string& text, const std::string& what) {
  google::protobuf::Struct object;
  require(google::protobuf::util::JsonStringToMessage(text, &object).ok(), what + " is no JSON object");
}

bool same_header(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace millrace::conformance
