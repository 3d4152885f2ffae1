#include "base/error.h"
#include "base/percent.h"
#include "wire/json_reader.h"

namespace millrace::wire {
namespace {

std::string decoded(std::string_view text) {
  auto result = percent_decode(text, true);
  if (!result || !is_valid_utf8(*result)) {
    throw Error(ErrorCode::kBadRequest, "The query string is not well-formed percent-encoded UTF-8.");
  }
  return *std::move(result);
}

}  // namespace

void read_query(std::string_view query, google::protobuf::Message& message) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    const std::string value = equals == std::string_view::npos ? "" : decoded(pair.substr(equals + 1));
    read_text(decoded(pair.substr(0, equals)), value, message);
  }
}

}  // namespace millrace::wire
