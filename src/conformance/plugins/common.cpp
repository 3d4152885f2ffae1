#include "conformance/plugins/common.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <simdjson.h>

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

// Protobuf's own parser takes much that is no JSON, such as Python's way of writing.
void require_json(const std::string& text, const std::string& what) {
  simdjson::dom::parser parser;
  require(parser.parse(text).error() == simdjson::SUCCESS,
          what + " is no JSON: '" + text.substr(0, 200) + "'");
}

void require_json_object(const std::string& text, const std::string& what) {
  simdjson::dom::parser parser;
  require(parser.parse(text).get_object().error() == simdjson::SUCCESS, what + " is no JSON object");
}

void require_same_json(const std::string& found, const std::string& expected, const std::string& what) {
  google::protobuf::Value values[2];
  for (const auto& [text, value] : {std::pair{&found, &values[0]}, std::pair{&expected, &values[1]}}) {
    require_json(*text, what);
    require(google::protobuf::util::JsonStringToMessage(*text, value).ok(), what + " is no JSON");
  }
  require(google::protobuf::util::MessageDifferencer::Equals(values[0], values[1]),
          what + ": " + found.substr(0, 200) + " instead of " + expected.substr(0, 200));
}

std::string sample_or(SubjectControls& subject, const std::string& name, const std::string& otherwise) {
  try {
    return subject.sample(name);
  } catch (const NotApplicable&) {
    return otherwise;
  }
}

bool same_header(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace millrace::conformance
