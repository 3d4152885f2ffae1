#include "wire/json_text.h"

#include <charconv>
#include <cmath>

namespace millrace::wire {

void append_json_integer(int64_t number, std::string& out) {
  char buffer[24];
  const auto [end, fault] = std::to_chars(buffer, buffer + sizeof buffer, number);
  out.append(buffer, end);
}

void append_json_double(double number, std::string& out) {
  if (std::isnan(number)) {
    out += "\"NaN\"";
  } else if (std::isinf(number)) {
    out += number > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  } else {
    char buffer[32];
    const auto [end, fault] = std::to_chars(buffer, buffer + sizeof buffer, number);
    const std::string_view digits(buffer, static_cast<size_t>(end - buffer));
    out += digits;
    // Readers that keep integers and reals apart must see a real.
    if (digits.find_first_of(".e") == std::string_view::npos) out += ".0";
  }
}

void append_json_bool(bool truth, std::string& out) {
  out += truth ? "true" : "false";
}

void append_json_string(std::string_view text, std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += '"';
  size_t plain = 0;  // start of the stretch that needs no escape
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    out += '\\';
    switch (c) {
      case '"':
      case '\\':
        out += static_cast<char>(c);
        break;
      case '\n':
        out += 'n';
        break;
      case '\r':
        out += 'r';
        break;
      case '\t':
        out += 't';
        break;
      default:
        out += "u00";
        out += kDigits[c >> 4];
        out += kDigits[c & 15];
    }
  }
  out.append(text, plain, text.size() - plain);
  out += '"';
}

void close_json_object(size_t start, std::string& out) {
  if (out.size() == start) {
    out += "{}";
    return;
  }
  out[start] = '{';
  out += '}';
}

}  // namespace millrace::wire
