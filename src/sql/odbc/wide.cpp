#include "sql/odbc/wide.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace millrace::sql::odbc {
namespace {

static_assert(sizeof(SQLWCHAR) == 2, "unixODBC is built with UTF-16");

constexpr char32_t kReplacement = 0xFFFD;

bool is_trail(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// Takes one character off `text`, or one byte where there is none.
char32_t take(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t length = lead < 0x80   ? 1
                        : lead < 0xC2 ? 0
                        : lead < 0xE0 ? 2
                        : lead < 0xF0 ? 3
                        : lead < 0xF5 ? 4
                                      : 0;
  const bool whole =
      length != 0 && length <= text.size() &&
      std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length), is_trail);
  if (!whole) {
    text.remove_prefix(1);
    return kReplacement;
  }
  char32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
  for (size_t i = 1; i < length; ++i) code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  text.remove_prefix(length);
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool valid = code >= kLeast[length] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  return valid ? code : kReplacement;
}

void append(std::string& text, char32_t code) {
  const auto put = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0U | (code >> 6U));
  } else if (code < 0x10000) {
    put(0xE0U | (code >> 12U));
    put(0x80U | ((code >> 6U) & 0x3FU));
  } else {
    put(0xF0U | (code >> 18U));
    put(0x80U | ((code >> 12U) & 0x3FU));
    put(0x80U | ((code >> 6U) & 0x3FU));
  }
  put(0x80U | (code & 0x3FU));
}

}  // namespace

std::basic_string<SQLWCHAR> wide_of(std::string_view text) {
  std::basic_string<SQLWCHAR> wide;
  wide.reserve(text.size());
  while (!text.empty()) {
    const char32_t code = take(text);
    if (code < 0x10000) {
      wide += static_cast<SQLWCHAR>(code);
    } else {
      wide += static_cast<SQLWCHAR>(0xD800 + ((code - 0x10000) >> 10U));
      wide += static_cast<SQLWCHAR>(0xDC00 + ((code - 0x10000) & 0x3FFU));
    }
  }
  return wide;
}

std::string utf8_of(const SQLWCHAR* text, size_t length) {
  std::string utf8;
  utf8.reserve(length);
  for (size_t i = 0; i < length; ++i) {
    const char32_t unit = text[i];
    const char32_t next = i + 1 < length ? text[i + 1] : 0;
    if (unit >= 0xD800 && unit < 0xDC00 && next >= 0xDC00 && next < 0xE000) {
      append(utf8, 0x10000 + ((unit - 0xD800) << 10U) + (next - 0xDC00));
      ++i;
    } else {
      append(utf8, unit >= 0xD800 && unit < 0xE000 ? kReplacement : unit);
    }
  }
  return utf8;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace millrace::sql::odbc
