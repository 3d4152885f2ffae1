#include "base/secret.h"

#include <doctest/doctest.h>

#include <sstream>

using namespace millrace;

namespace {

template <class T>
concept Streamable = requires(std::ostringstream& stream, const T& value) {
  stream << value;
};

static_assert(Streamable<std::string>);
static_assert(!Streamable<Secret>, "a secret must not be printable");
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);

}  // namespace

TEST_CASE("a secret gives its value to those who ask for it, and copies are independent") {
  Secret first(std::string("swordfish"));
  const Secret copy = first;
  first = Secret(std::string_view("other"));
  CHECK(copy.reveal() == "swordfish");
  CHECK(first.reveal() == "other");
  CHECK(Secret().empty());
}

TEST_CASE("the string and the secret that a value was taken from hold nothing of it any more") {
  for (const std::string value : {"short", "a secret that is too long for the small buffer of a string"}) {
    std::string source = value;
    Secret first(std::move(source));
    CHECK(source.find(value[0]) == std::string::npos);  // NOLINT(bugprone-use-after-move)
    Secret second(std::move(first));
    CHECK(second.reveal() == value);
    CHECK(first.empty());  // NOLINT(bugprone-use-after-move)
    first = std::move(second);
    CHECK(first.reveal() == value);
    CHECK(second.empty());  // NOLINT(bugprone-use-after-move)
  }
}

TEST_CASE("the bytes of a destroyed secret are wiped") {
  // Short enough for the buffer inside the object, so that the memory is still ours afterwards.
  alignas(Secret) unsigned char memory[sizeof(Secret)];
  auto* secret = new (memory) Secret(std::string_view("hunter2"));
  const auto holds = [&] {
    return std::string_view(reinterpret_cast<char*>(memory), sizeof memory).find("hunter2") !=
           std::string_view::npos;
  };
  REQUIRE(holds());
  secret->~Secret();
  CHECK_FALSE(holds());
}
