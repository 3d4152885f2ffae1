#include "maintenance/figures.h"

#include <array>

namespace millrace::maintenance {

std::string with_thousands(int64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (size_t place = 0; place < digits.size(); ++place) {
    const bool follows_digit = place > 0 && digits[place - 1] != '-';
    if (follows_digit && (digits.size() - place) % 3 == 0) text += ',';
    text += digits[place];
  }
  return text;
}

std::string size_text(int64_t bytes) {
  constexpr std::array<const char*, 5> kUnits{"KiB", "MiB", "GiB", "TiB", "PiB"};
  if (bytes < 1024) return std::to_string(bytes) + " bytes";
  int64_t tenths = bytes * 10 / 1024;
  size_t unit = 0;
  for (; tenths >= 10240 && unit + 1 < kUnits.size(); ++unit) tenths /= 1024;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " " + kUnits[unit];
}

}  // namespace millrace::maintenance
