#include "sql/mysql/values.h"

#include <array>
#include <charconv>

namespace millrace::sql::mysql {
namespace {

std::string in_hexadecimal(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string word = "_utf8mb4 x'";
  word.reserve(word.size() + 2 * text.size() + 1);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    word += kDigits[byte >> 4U];
    word += kDigits[byte & 15U];
  }
  return word + "'";
}

}  // namespace

std::string literal(std::string_view text) {
  // Zero bytes are safe too, but logs of the server end there.
  if (text.find_first_of(std::string_view("\\\0", 2)) != std::string_view::npos) return in_hexadecimal(text);
  std::string word = "'";
  word.reserve(text.size() + 2);
  for (const char c : text) {
    if (c == '\'') word += c;
    word += c;
  }
  return word + "'";
}

std::string literal(int64_t number) {
  return std::to_string(number);
}

std::string literal(double number) {
  std::array<char, 40> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::scientific).ptr;
  return {digits.data(), end};
}

}  // namespace millrace::sql::mysql
