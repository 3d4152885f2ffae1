#include "tracking/rules/page_token.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/error.h"
#include "wire/json_writer.h"

namespace millrace::tracking {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string encode(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<uint8_t>(bytes[i + k]) : 0u);
    for (size_t k = 0; k < 4; ++k)
      text += i + k <= bytes.size() ? kAlphabet[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

std::optional<std::string> decode(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 255);
  }
  return bytes;
}

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
  if (is_decimal(cursor)) return encode("{\"offset\": " + std::string(cursor) + "}");
  std::string json = "{\"cursor\": ";
  wire::append_json_string(cursor, json);
  return encode(json + "}");
}

std::string cursor_from(std::string_view token) {
  if (token.empty()) return "";
  const auto json = decode(token);
  if (!json) throw_invalid_parameter("Invalid page token, could not base64-decode");
  auto cursor = read_cursor(*json);
  if (!cursor) throw_invalid_parameter("Invalid page token: it was not given by this server.");
  return *std::move(cursor);
}

}  // namespace millrace::tracking
