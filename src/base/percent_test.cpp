#include "base/percent.h"

#include <doctest/doctest.h>

using namespace millrace;

TEST_CASE("percent escapes are decoded once and malformed ones are refused") {
  CHECK(percent_decode("a%20b%2Fc") == "a b/c");
  CHECK(percent_decode("%252e") == "%2e");
  CHECK(percent_decode("a+b") == "a+b");
  CHECK(percent_decode("a+b", true) == "a b");
  CHECK_FALSE(percent_decode("%").has_value());
  CHECK_FALSE(percent_decode("%1").has_value());
  CHECK_FALSE(percent_decode("%zz").has_value());
  CHECK(percent_decode("x%41") == "xA");
}

TEST_CASE("encoding a path keeps slashes and decodes to the same path") {
  CHECK(percent_encode_path("a b/\xc3\xbc.txt") == "a%20b/%C3%BC.txt");
  CHECK(percent_decode(percent_encode_path("100% /+?#")) == "100% /+?#");
}

TEST_CASE("overlong forms, surrogates and cut sequences are not UTF-8") {
  CHECK(is_valid_utf8("plain \xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80"));
  CHECK_FALSE(is_valid_utf8("\xc0\xaf"));
  CHECK_FALSE(is_valid_utf8("\xe0\x80\xaf"));
  CHECK_FALSE(is_valid_utf8("\xed\xa0\x80"));
  CHECK_FALSE(is_valid_utf8("\xf4\x90\x80\x80"));
  CHECK_FALSE(is_valid_utf8("\xe2\x82"));
  CHECK_FALSE(is_valid_utf8("\x80"));
}
