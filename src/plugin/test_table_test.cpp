#include "plugin/test_table.h"

#include <doctest/doctest.h>

#include "plugin/manifest.h"
#include "plugin/test_folder.h"

using namespace millrace;
using namespace millrace::plugin;

namespace {

Manifest with_table(const std::string& table, const std::string& schemes = "\"oss\"") {
  return parse_manifest(manifest_text("acme", schemes) + "[provides.test]\n" + table,
                        "/plugins/acme/plugin.toml");
}

std::string fault_of(const std::string& table) {
  return message_of([&] { with_table(table); });
}

}  // namespace

TEST_CASE("a table about tests is read whole and belongs to what is provided above it") {
  const std::string text = R"(uri = "oss://bucket{folder}"
settings = { token = "x", retries = 3, ratio = 0.5, fast = true }
samples = { source = "{plugin}/tests/data.csv" }
in-memory = true
deny-space = ["./full-disk", "{folder}"]
deny-access = ["./lock"]
permit = ["./unlock"]
[[provides]]
kind = "request_auth"
names = ["acme"]
)";
  const Manifest manifest = with_table(text);
  REQUIRE(manifest.tests.size() == 2);
  const TestTable& test = manifest.tests[0];
  CHECK(test.uri == "oss://bucket{folder}");
  CHECK(test.settings == std::map<std::string, std::string>{
                             {"fast", "true"}, {"ratio", "0.5"}, {"retries", "3"}, {"token", "x"}});
  CHECK(test.samples == std::map<std::string, std::string>{{"source", "{plugin}/tests/data.csv"}});
  CHECK(test.in_memory);
  CHECK(test.deny_space == std::vector<std::string>{"./full-disk", "{folder}"});
  CHECK(test.deny_access == std::vector<std::string>{"./lock"});
  CHECK(test.permit == std::vector<std::string>{"./unlock"});
  CHECK(manifest.tests[1].uri.empty());
  CHECK_FALSE(manifest.tests[1].in_memory);
}

TEST_CASE("a URI for tests may have any scheme of its table, with a driver or in upper case") {
  for (const char* uri : {"oss:{folder}", "OSS:{folder}", "oss+http://x", "s3://x"}) {
    CAPTURE(uri);
    CHECK(with_table(std::string("uri = \"") + uri + "\"", "\"oss\", \"s3\"").tests[0].uri == uri);
  }
}

TEST_CASE("faults of a table about tests are told with their place") {
  const auto tells = [](const std::string& table, const std::string& expected) {
    const std::string message = fault_of(table);
    CHECK_MESSAGE(message.find("/plugins/acme/plugin.toml:" + expected) != std::string::npos, message);
  };
  tells("urL = \"oss:x\"", "13:1: [provides.test] has no key 'urL'. It has: deny-access, deny-space, ");
  tells("uri = 7", "13:7: 'uri' must be a text");
  tells("uri = \"gs://x\"", "13:7: 'uri' must start with one of the schemes above, like 'oss:{folder}'.");
  tells("uri = \"\"", "13:7: 'uri' must start with");
  tells("settings = 1", "13:12: 'settings' must be a table");
  tells("settings = { \"a b\" = 1 }", "13:14: 'a b' is no name");
  tells("settings = { a = [1] }", "13:18: 'a' must be a text, a number, true or false, not a list.");
  tells("samples = { a = 1 }", "13:17: The sample 'a' must be a text in quotes, not a whole number.");
  tells("in-memory = 1", "13:13: 'in-memory' must be true or false");
  tells("deny-space = \"./x\"", "13:14: 'deny-space' must be a list of texts");
  tells("deny-space = []", "13:14: 'deny-space' must name a program.");
  tells("deny-access = [\"./lock\"]", "13:15: 'deny-access' needs 'permit' beside it, which undoes it.");
  tells("permit = [\"a\", 1]", "13:16: 'permit' must be a list of texts");
}

TEST_CASE("what is chosen by name has no URI to be tested at") {
  const std::string text = "samples = {}\n[[provides]]\nkind = \"request_auth\"\nnames = [\"a\"]\n";
  CHECK(fault_of(text + "[provides.test]\nuri = \"a:b\"")
            .ends_with("18:7: A request_auth is chosen by name: it has no 'uri' to be tested at."));
  CHECK(fault_of(text + "test = 1").ends_with("17:8: [provides.test] must be a table, not a whole number."));
}
