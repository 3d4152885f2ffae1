#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::sql::mysql {

/// Values as words of SQL. No value can end its word, whatever the session's sql_mode: a text is put in
/// quotes, quotes in it are doubled, and one with a backslash, which some modes take for an escape and others
/// for itself, is written in hexadecimal digits.
std::string literal(std::string_view text);
std::string literal(int64_t number);
/// With an exponent, without which it would be a decimal number and compared as such. For finite numbers.
std::string literal(double number);

}  // namespace millrace::sql::mysql
