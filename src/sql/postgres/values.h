#pragma once

#include <array>
#include <charconv>
#include <span>
#include <string>
#include <string_view>

#include "sql/remote.h"

namespace millrace::sql::postgres {

/// As many digits as it takes to read the same number back.
template <typename Number>
void append_number(std::string& text, Number number) {
  std::array<char, 40> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(digits.data(), end);
}

/// Throws INVALID_PARAMETER_VALUE, as a TransactionFault, for a text that PostgreSQL cannot keep.
void refuse_zero_bytes(std::string_view text);

/// The values as the text of an array; chars are true or false. Throws as refuse_zero_bytes() does.
std::string array_text(const Column& values);

/// Rows in the text format of COPY; all columns are of one length. Throws as refuse_zero_bytes() does.
std::string copy_text(std::span<const Column> columns);

}  // namespace millrace::sql::postgres
