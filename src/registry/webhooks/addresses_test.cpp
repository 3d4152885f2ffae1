#include "registry/webhooks/addresses.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/un.h>

using namespace millrace::registry;

namespace {

bool is_public(const char* text) {
  sockaddr_in four{};
  four.sin_family = AF_INET;
  if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
    return is_public_address(reinterpret_cast<const sockaddr&>(four));
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  REQUIRE(inet_pton(AF_INET6, text, &six.sin6_addr) == 1);
  return is_public_address(reinterpret_cast<const sockaddr&>(six));
}

}  // namespace

TEST_CASE("addresses of the internet are public") {
  for (const char* address :
       {"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.167.255.255", "198.20.0.0",
        "223.255.255.255", "2606:4700::1111", "2a00::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
        "2002:808:808::1"}) {
    CAPTURE(address);
    CHECK(is_public(address));
  }
}

TEST_CASE("addresses of this machine, private networks, documentation and groups are not public") {
  for (const char* address : {"0.0.0.0",
                              "0.1.2.3",
                              "10.0.0.1",
                              "100.64.0.1",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.255.255.255",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.0.0.8",
                              "192.0.2.1",
                              "192.168.0.1",
                              "198.18.0.1",
                              "198.19.255.255",
                              "198.51.100.1",
                              "203.0.113.1",
                              "224.0.0.1",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::127.0.0.1",
                              "::ffff:10.0.0.1",
                              "::ffff:127.0.0.1",
                              "64:ff9b::a00:1",
                              "64:ff9b:1::1",
                              "100::1",
                              "2001::1",
                              "2001:db8::1",
                              "2002:a00:1::1",
                              "2002:7f00:1::",
                              "3fff::1",
                              "fc00::1",
                              "fd12::1",
                              "fe80::1",
                              "fec0::1",
                              "ff02::1"}) {
    CAPTURE(address);
    CHECK_FALSE(is_public(address));
  }
}

TEST_CASE("what is no address of the internet protocols is not public") {
  sockaddr_un socket{};
  socket.sun_family = AF_UNIX;
  CHECK_FALSE(is_public_address(reinterpret_cast<const sockaddr&>(socket)));
}

TEST_CASE("private addresses are seen in every form that systems take") {
  for (const char* host : {"127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001", "::1", "localhost",
                           "LOCALHOST", "localhost.", "a.localhost", "10.0.0.1.", "fe80::1"}) {
    CAPTURE(host);
    CHECK(names_private_address(host));
  }
  for (const char* host :
       {"8.8.8.8", "2606:4700::1111", "example.com", "localhost.example.com", "10.example"}) {
    CAPTURE(host);
    CHECK_FALSE(names_private_address(host));
  }
}
