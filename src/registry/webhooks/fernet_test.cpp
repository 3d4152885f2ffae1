#include "registry/webhooks/fernet.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace millrace;
using namespace millrace::registry;

namespace {

// The example of the specification (github.com/fernet/spec, generate.json and verify.json).
constexpr std::string_view kKey = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
constexpr std::string_view kToken =
    "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
constexpr uint64_t kTime = 499162800;  // 1985-10-26T01:20:00-07:00

Fernet fernet() {
  return Fernet(Secret(kKey));
}

std::string random_of_example() {
  std::string bytes;
  for (char i = 0; i < 16; ++i) bytes += i;
  return bytes;
}

}  // namespace

TEST_CASE("the example of the specification is sealed and read") {
  CHECK(fernet().seal(Secret(std::string_view("hello")), kTime, random_of_example()) == kToken);
  CHECK(fernet().unseal(kToken).reveal() == "hello");
}

TEST_CASE("what is sealed is read again, whatever its length, and looks otherwise each time") {
  for (const size_t length : {size_t{0}, size_t{1}, size_t{15}, size_t{16}, size_t{17}, size_t{687}}) {
    const std::string text(length, 's');
    const std::string token = fernet().seal(Secret(std::string_view(text)));
    CHECK(fernet().unseal(token).reveal() == text);
    CHECK(token != fernet().seal(Secret(std::string_view(text))));
    CHECK(token.size() <= 1000);
  }
}

TEST_CASE("a token that was changed, cut or sealed with another key is not read") {
  const std::string token(kToken);
  for (size_t i = 0; i < token.size() - 3; ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_THROWS_AS(fernet().unseal(changed), Error);
    CHECK_THROWS_AS(fernet().unseal(token.substr(0, i)), Error);
  }
  const Fernet other(Secret(std::string_view("dw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=")));
  CHECK_THROWS_WITH_AS(other.unseal(token), doctest::Contains("sealed with another key than the one"), Error);
}

TEST_CASE("a key that is none is refused and not repeated") {
  for (const std::string_view key : {"", "short", "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4eQQ==",
                                     "cw/0x689RpI+jtRR7oE8h/eQsKImvJapLeSbXpwF4e4="}) {
    try {
      Fernet{Secret(key)};
      FAIL("the key was taken");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kInvalidParameterValue);
      if (!key.empty()) CHECK(std::string_view(error.what()).find(key) == std::string_view::npos);
    }
  }
}
