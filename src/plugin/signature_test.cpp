#include "plugin/signature.h"

#include <doctest/doctest.h>

#include "plugin/test_folder.h"
#include "plugin/test_key.h"

using namespace millrace;
using namespace millrace::plugin;

TEST_CASE("signatures are those of RFC 8032") {
  const TestFolder folder;
  const Signature made = sign("", folder.write("key.pem", kTestPrivateKey));
  CHECK(made.public_key == kTestPublicKey);
  CHECK(made.signature ==
        "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw==");
}

TEST_CASE("a signature counts for its content and a trusted key only") {
  const TestFolder folder;
  const Signature made = sign("content", folder.write("key.pem", kTestPrivateKey));
  const std::string other = "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=";
  CHECK(is_signed_by(made, "content", {other, kTestPublicKey}));
  CHECK_FALSE(is_signed_by(made, "content", {other}));
  CHECK_FALSE(is_signed_by(made, "content", {}));
  CHECK_FALSE(is_signed_by(made, "Content", {kTestPublicKey}));
  CHECK_FALSE(is_signed_by({other, made.signature}, "content", {other}));
}

TEST_CASE("plugin.sig reads back, and anything else is refused") {
  const TestFolder folder;
  const Signature made = sign("content", folder.write("key.pem", kTestPrivateKey));
  CHECK(parse_signature(made.to_text(), "plugin.sig").signature == made.signature);
  for (const std::string& text :
       {std::string(), std::string("ed25519 \n"), "rsa " + made.to_text().substr(8), made.to_text() + "x",
        made.to_text().substr(0, 60) + "\n", std::string("ed25519 ") + kTestPublicKey + " ***\n"}) {
    CAPTURE(text);
    CHECK(code_of([&] { parse_signature(text, "plugin.sig"); }) == "INVALID_PARAMETER_VALUE");
  }
}

TEST_CASE("a key file that is no Ed25519 key is refused with the way to make one") {
  const TestFolder folder;
  const std::string message = message_of([&] { sign("x", folder.write("key.pem", "no key")); });
  CHECK(contains(message, "openssl genpkey -algorithm ed25519"));
  CHECK(code_of([&] { sign("x", folder / "none"); }) == "RESOURCE_DOES_NOT_EXIST");
}

TEST_CASE("public keys are 32 bytes in base64") {
  CHECK(is_public_key(kTestPublicKey));
  for (const char* text : {"", "abc", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURp=",
                           "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUR=="}) {
    CAPTURE(text);
    CHECK_FALSE(is_public_key(text));
  }
}
