#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millrace {

/// Percent-decodes `text` once (RFC 3986). With `plus_is_blank`, '+' becomes a blank as in HTML form data.
/// Empty when an escape is malformed.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank = false);

/// Percent-encodes everything but unreserved characters and '/'.
std::string percent_encode_path(std::string_view path);

/// Well-formed UTF-8: no overlong forms, surrogates or values past U+10FFFF (RFC 3629).
bool is_valid_utf8(std::string_view text);

}  // namespace millrace
