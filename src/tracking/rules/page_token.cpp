#include "tracking/rules/page_token.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/base64.h"
#include "base/error.h"
#include "wire/json_writer.h"

namespace millrace::tracking {
namespace {

bool is_decimal(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::string> read_cursor(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(json).get(document) != simdjson::SUCCESS || !document.is_object()) return std::nullopt;
  int64_t offset = 0;
  if (document["offset"].get(offset) == simdjson::SUCCESS) {
    return offset >= 0 ? std::optional(std::to_string(offset)) : std::nullopt;
  }
  std::string_view cursor;
  if (document["cursor"].get(cursor) != simdjson::SUCCESS) return std::nullopt;
  return std::string(cursor);
}

}  // namespace

std::string page_token(std::string_view cursor) {
  if (cursor.empty()) return "";
  if (is_decimal(cursor)) return base64_encode("{\"offset\": " + std::string(cursor) + "}");
  std::string json = "{\"cursor\": ";
  wire::append_json_string(cursor, json);
  return base64_encode(json + "}");
}

std::string cursor_from(std::string_view token) {
  if (token.empty()) return "";
  const auto json = base64_decode(token);
  if (!json) throw_invalid_parameter("Invalid page token, could not base64-decode");
  auto cursor = read_cursor(*json);
  if (!cursor) throw_invalid_parameter("Invalid page token: it was not given by this server.");
  return *std::move(cursor);
}

}  // namespace millrace::tracking
