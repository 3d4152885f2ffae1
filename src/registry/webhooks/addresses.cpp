#include "registry/webhooks/addresses.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

#include "registry/rules/names.h"

namespace millrace::registry {
namespace {

struct Network4 {
  uint32_t address;
  int bits;
};

constexpr uint32_t ip4(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

constexpr Network4 kNotPublic4[] = {
    {ip4(0, 0, 0, 0), 8},      {ip4(10, 0, 0, 0), 8},     {ip4(100, 64, 0, 0), 10},
    {ip4(127, 0, 0, 0), 8},    {ip4(169, 254, 0, 0), 16}, {ip4(172, 16, 0, 0), 12},
    {ip4(192, 0, 0, 0), 24},   {ip4(192, 0, 2, 0), 24},   {ip4(192, 88, 99, 0), 24},
    {ip4(192, 168, 0, 0), 16}, {ip4(198, 18, 0, 0), 15},  {ip4(198, 51, 100, 0), 24},
    {ip4(203, 0, 113, 0), 24}, {ip4(224, 0, 0, 0), 3},  // multicast, reserved, broadcast
};

bool is_public4(uint32_t address) {
  return std::none_of(std::begin(kNotPublic4), std::end(kNotPublic4), [&](const Network4& network) {
    return (address ^ network.address) >> (32 - network.bits) == 0;
  });
}

using Bytes6 = std::array<uint8_t, 16>;

struct Network6 {
  Bytes6 address;
  int bits;
};

bool is_within(const Bytes6& address, const Network6& network) {
  for (int bit = 0; bit < network.bits; ++bit) {
    const auto byte = static_cast<size_t>(bit / 8);
    if ((address.at(byte) ^ network.address.at(byte)) >> (7 - bit % 8) & 1) return false;
  }
  return true;
}

uint32_t ip4_at(const Bytes6& address, size_t start) {
  return ip4(address.at(start), address.at(start + 1), address.at(start + 2), address.at(start + 3));
}

constexpr Network6 kMapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
constexpr Network6 kNat64{{0, 0x64, 0xff, 0x9b}, 96};
constexpr Network6 kSixToFour{{0x20, 0x02}, 16};
constexpr Network6 kUnicast6{{0x20}, 3};  // what IANA has given out
constexpr Network6 kNotPublic6[] = {
    {{0x20, 0x01}, 23},              // protocol assignments, Teredo among them
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff}, 20},              // documentation
};

bool is_public6(const Bytes6& address) {
  if (is_within(address, kMapped) || is_within(address, kNat64)) return is_public4(ip4_at(address, 12));
  if (is_within(address, kSixToFour)) return is_public4(ip4_at(address, 2));
  return is_within(address, kUnicast6) &&
         std::none_of(std::begin(kNotPublic6), std::end(kNotPublic6),
                      [&](const Network6& network) { return is_within(address, network); });
}

}  // namespace

bool is_public_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    return is_public4(ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return false;
  const in6_addr& ip = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  Bytes6 bytes{};
  std::copy(std::begin(ip.s6_addr), std::end(ip.s6_addr), bytes.begin());
  return is_public6(bytes);
}

bool names_private_address(const std::string& host) {
  std::string_view name(host);
  if (name.ends_with('.')) name.remove_suffix(1);
  const std::string lower = lower_case(name);
  if (lower == "localhost" || lower.ends_with(".localhost")) return true;
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (getaddrinfo(lower.c_str(), nullptr, &hints, &found) != 0) return false;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
  return !is_public_address(*addresses->ai_addr);
}

}  // namespace millrace::registry
