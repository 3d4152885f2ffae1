#pragma once

#include <sys/socket.h>

#include <string>

namespace millrace::registry {

/// Whether strangers may have the server connect there: a unicast address of the public internet, by IANA's
/// registries of special-purpose addresses (RFC 6890). IPv6 addresses that carry one of IPv4 (mapped, 6to4,
/// NAT64) are judged by that. False for what is no address of IPv4 or IPv6. Any thread.
bool is_public_address(const sockaddr& address);

/// Whether a host is written as an address that is not public, in any form that systems take ("127.1"), or is
/// "localhost". Looks nothing up.
bool names_private_address(const std::string& host);

}  // namespace millrace::registry
