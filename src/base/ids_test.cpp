#include "base/ids.h"

#include <doctest/doctest.h>

#include <set>

TEST_CASE("run ids are 32 hexadecimal digits of a version 4 UUID and do not repeat") {
  std::set<std::string> seen;
  for (int i = 0; i < 10000; ++i) {
    const std::string id = millrace::random_hex_id();
    REQUIRE(id.size() == 32);
    REQUIRE(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    REQUIRE(id[12] == '4');
    seen.insert(id);
  }
  CHECK(seen.size() == 10000);
}

TEST_CASE("a random token has the length that was asked for") {
  CHECK(millrace::random_token(12).size() == 12);
  CHECK(millrace::random_token(12) != millrace::random_token(12));
}

TEST_CASE("a UUID is written in five groups") {
  const std::string id = millrace::random_uuid();
  REQUIRE(id.size() == 36);
  for (const size_t place : {8, 13, 18, 23}) CHECK(id[place] == '-');
  CHECK(id[14] == '4');
  CHECK(id != millrace::random_uuid());
}
