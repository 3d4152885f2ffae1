#pragma once

#include <string>
#include <string_view>

namespace millrace::tracking {

/// Wraps a store's cursor into the token that clients hand back: base64 of {"offset": n} for decimal cursors,
/// as the reference makes it, and of {"cursor": "..."} for others. Empty for an empty cursor.
std::string page_token(std::string_view cursor);

/// The cursor in a token; empty for an empty token. Throws INVALID_PARAMETER_VALUE for what is no token.
std::string cursor_from(std::string_view token);

}  // namespace millrace::tracking
