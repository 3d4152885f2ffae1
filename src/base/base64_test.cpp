#include "base/base64.h"

#include <doctest/doctest.h>

using namespace millrace;

TEST_CASE("the examples of RFC 4648 are written and read") {
  const std::pair<const char*, const char*> examples[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [bytes, text] : examples) {
    CHECK(base64_encode(bytes) == text);
    CHECK(base64_decode(text) == std::string(bytes));
  }
  CHECK(base64_decode("Zg") == "f");
}

TEST_CASE("each alphabet has its own last two characters") {
  const std::string bytes("\xfb\xff", 2);
  CHECK(base64_encode(bytes) == "+/8=");
  CHECK(base64_encode(bytes, Base64Alphabet::kUrlSafe) == "-_8=");
  CHECK(base64_decode("-_8=", Base64Alphabet::kUrlSafe) == bytes);
  CHECK_FALSE(base64_decode("-_8=").has_value());
  CHECK_FALSE(base64_decode("+/8=", Base64Alphabet::kUrlSafe).has_value());
  CHECK_FALSE(base64_decode("Zg =").has_value());
}
