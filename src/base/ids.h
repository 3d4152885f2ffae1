#pragma once

#include <string>

namespace millrace {

/// 32 lower-case hexadecimal digits of a random (version 4, RFC 9562) UUID: the form of run ids.
/// Drawn from the system's random source; any thread.
std::string random_hex_id();

/// The same with hyphens, as RFC 9562 writes it: the form of ids of webhooks.
std::string random_uuid();

/// `length` characters of [0-9a-z] from the same source, for request ids and temporary names.
std::string random_token(size_t length);

}  // namespace millrace
