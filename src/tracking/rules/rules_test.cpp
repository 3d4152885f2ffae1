#include <doctest/doctest.h>

#include <set>

#include "base/error.h"
#include "tracking/rules/local_location.h"
#include "tracking/rules/model_history.h"
#include "tracking/rules/names.h"
#include "tracking/rules/page_token.h"
#include "tracking/rules/run_names.h"

using namespace millrace;
using namespace millrace::tracking;

namespace {

std::string fault_of_key(std::string_view key) {
  try {
    check_key(key, "name");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("keys are letters, digits and a few signs, and name no other path") {
  for (const char* key : {"loss", "val/loss", "a b", "x.y-z_1:2",
                          "gr\xc3\xb6\xc3\x9f"
                          "e",
                          "a..b"}) {
    CAPTURE(std::string(key));
    CHECK(fault_of_key(key).empty());
  }
  CHECK(fault_of_key("a\nb").find("Names may only contain alphanumerics") != std::string::npos);
  CHECK(fault_of_key("a;b").find("Invalid value \"a;b\" for parameter 'name' supplied") != std::string::npos);
  for (const char* key : {"", ".", "..", "...a", "../a", "a/../b", "/a", "a//b", "a/", "./a"}) {
    CAPTURE(std::string(key));
    CHECK(fault_of_key(key).find("must not resolve to other names") != std::string::npos);
  }
}

TEST_CASE("lengths are counted in characters, not in bytes") {
  const std::string wide(250 * 2, '\0');
  std::string umlauts;
  for (int i = 0; i < 250; ++i) umlauts += "\xc3\xbc";
  CHECK(character_count(umlauts) == 250);
  CHECK_NOTHROW(check_length(umlauts, 250, "key"));
  CHECK_THROWS_WITH(check_length(umlauts + "x", 250, "key"),
                    "'key' exceeds the maximum length of 250 characters");
  CHECK(first_characters("a\xc3\xbc"
                         "b",
                         2) == "a\xc3\xbc");
}

TEST_CASE("values over the limit are cut or refused, as was decided") {
  const std::string value(6001, 'x');
  CHECK(limited_value(value, 6000, LongValues::kTruncate, "Param value").size() == 6000);
  CHECK_THROWS_AS(limited_value(value, 6000, LongValues::kRefuse, "Param value"), Error);
}

TEST_CASE("page tokens carry cursors and others are refused") {
  CHECK(page_token("") == "");
  CHECK(page_token("100") == "eyJvZmZzZXQiOiAxMDB9");  // {"offset": 100}, as the reference makes it
  CHECK(cursor_from(page_token("100")) == "100");
  CHECK(cursor_from(page_token("shard 3 / \"x\"")) == "shard 3 / \"x\"");
  CHECK(cursor_from("") == "");
  for (const char* token : {"!", "garbage", "e30=", "eyJvZmZzZXQiOiAtMX0="}) {
    CAPTURE(std::string(token));
    CHECK_THROWS_AS(cursor_from(token), Error);
  }
}

TEST_CASE("made-up names are short and differ") {
  std::set<std::string> names;
  for (int i = 0; i < 200; ++i) {
    const std::string name = random_run_name();
    CHECK(name.size() <= 20);
    names.insert(name);
  }
  CHECK(names.size() > 190);
}

TEST_CASE("the history of models keeps what old clients read") {
  const std::string entry = model_history_entry(
      R"({"run_id":"r","artifact_path":"m","utc_time_created":"t","flavors":{"f":{"a":1,"config":{"b":2}}},"extra":1})");
  CHECK(entry ==
        R"({"run_id": "r", "artifact_path": "m", "utc_time_created": "t", "flavors": {"f": {"a": 1}}})");
  CHECK(with_model_history_entry("", "{}") == "[{}]");
  CHECK(with_model_history_entry("[]", "{}") == "[{}]");
  CHECK(with_model_history_entry("[{\"a\":1} ]", "{}") == "[{\"a\":1}, {}]");
  CHECK_THROWS_WITH(
      model_history_entry("{}"),
      "Model json is missing mandatory fields: {'artifact_path', 'flavors', 'utc_time_created', 'run_id'}");
  CHECK_THROWS_AS(model_history_entry("["), Error);
}

TEST_CASE("relative local places become absolute, others stay") {
  CHECK(absolute_if_local("s3://b/x") == "s3://b/x");
  CHECK(absolute_if_local("/abs") == "/abs");
  CHECK(absolute_if_local("").empty());
  CHECK(absolute_if_local("mlflow-artifacts:/x") == "mlflow-artifacts:/x");
  CHECK(absolute_if_local("./a/../b").ends_with("/b"));
  CHECK(absolute_if_local("b").starts_with("/"));
  CHECK(absolute_if_local("file:b").starts_with("file:///"));
}
