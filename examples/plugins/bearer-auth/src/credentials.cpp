#include "credentials.h"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace {

constexpr size_t kLongestHeader = 8192;

bool is_scheme(std::string_view text, std::string_view scheme) {
  return std::equal(text.begin(), text.end(), scheme.begin(), scheme.end(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

int value_of(char c) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const size_t found = kDigits.find(c);
  return found == std::string_view::npos ? -1 : static_cast<int>(found);
}

// Base64 by RFC 4648 with its padding; empty for anything else.
std::string decoded(std::string_view text) {
  std::string bytes;
  if (text.size() % 4 != 0) return bytes;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = value_of(c);
    if (value < 0) return "";
    bits = (bits << 6 | static_cast<uint32_t>(value)) & 0xFFFFFF;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xFF);
  }
  return bytes;
}

}  // namespace

std::optional<GivenToken> token_in(std::string_view authorization) {
  const size_t blank = authorization.find(' ');
  if (blank == std::string_view::npos || authorization.size() > kLongestHeader) return std::nullopt;
  const std::string_view scheme = authorization.substr(0, blank);
  const std::string_view rest =
      authorization.substr(std::min(authorization.find_first_not_of(' ', blank), authorization.size()));
  if (is_scheme(scheme, "bearer") && !rest.empty()) return GivenToken{"", millrace::Secret(rest)};
  if (!is_scheme(scheme, "basic")) return std::nullopt;
  const millrace::Secret pair(decoded(rest));
  const size_t colon = pair.reveal().find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == pair.reveal().size()) return std::nullopt;
  return GivenToken{std::string(pair.reveal().substr(0, colon)),
                    millrace::Secret(pair.reveal().substr(colon + 1))};
}
