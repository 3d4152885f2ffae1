#pragma once

#include <string>
#include <string_view>

#include "sql/odbc/library.h"

namespace millrace::sql::odbc {

/// UTF-8 as the UTF-16 that ODBC's wide functions take, whatever the locale. What is no UTF-8 becomes U+FFFD.
std::basic_string<SQLWCHAR> wide_of(std::string_view text);

/// And back; halves of a character become U+FFFD.
std::string utf8_of(const SQLWCHAR* text, size_t length);

bool is_ascii(std::string_view text);

}  // namespace millrace::sql::odbc
