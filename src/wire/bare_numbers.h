#pragma once

#include <string>
#include <string_view>

namespace millrace::wire {

/// Python's json module writes NaN, Infinity and -Infinity as bare words, which JSON (RFC 8259) does not
/// know. Returns `body` with each such word outside of strings put into quotes; of equal length when there
/// was none.
std::string quote_bare_numbers(std::string_view body);

}  // namespace millrace::wire
