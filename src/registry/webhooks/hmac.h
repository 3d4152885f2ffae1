#pragma once

#include <string>
#include <string_view>

namespace millrace::registry {

/// HMAC-SHA256 (RFC 2104), 32 bytes. Any thread.
std::string hmac_sha256(std::string_view key, std::string_view text);

}  // namespace millrace::registry
