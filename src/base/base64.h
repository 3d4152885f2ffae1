#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millrace {

/// Which characters stand for 62 and 63 (RFC 4648, sections 4 and 5).
enum class Base64Alphabet { kStandard, kUrlSafe };

/// `bytes` as base64 with its padding.
std::string base64_encode(std::string_view bytes, Base64Alphabet alphabet = Base64Alphabet::kStandard);

/// The bytes of a text, with padding or without; nothing for characters of another alphabet.
std::optional<std::string> base64_decode(std::string_view text,
                                         Base64Alphabet alphabet = Base64Alphabet::kStandard);

}  // namespace millrace
