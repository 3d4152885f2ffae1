#include "server/change_set.h"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::server;

namespace {

constexpr size_t kMost = 7999;

ChangeSet set_of(const std::vector<std::string>& runs) {
  ChangeSet changes;
  changes.add(v1::RESOURCE_KIND_RUN, runs);
  return changes;
}

bool is_everything(const ChangeSet& changes) {
  return changes.json().find("\"all\":true") != std::string::npos;
}

}  // namespace

TEST_CASE("changes come through a message as they were") {
  ChangeSet changes = set_of({"b", "a\"<\xc3\xbc"});
  changes.add(v1::RESOURCE_KIND_EXPERIMENT, {"7", "0"});
  changes.add(v1::RESOURCE_KIND_LOGGED_MODEL, {"m-1"});
  CHECK(changes.message(kMost) == "e0\ne7\nra\"<\xc3\xbc\nrb\nmm-1\n");
  CHECK(ChangeSet::from_message(changes.message(kMost)).json() == changes.json());
  CHECK_FALSE(is_everything(changes));
  CHECK(ChangeSet::from_message("").empty());
}

TEST_CASE("what does not fit a message is everything") {
  CHECK(set_of({std::string(100, 'x')}).message(100) == "*\n");
  CHECK(set_of({std::string(98, 'x')}).message(100).size() == 100);
  CHECK(set_of({"a\nb"}).message(kMost) == "*\n");
  CHECK(set_of({std::string("a\0b", 3)}).message(kMost) == "*\n");
  ChangeSet everything;
  everything.add_everything();
  CHECK(is_everything(ChangeSet::from_message(everything.message(kMost))));
}

TEST_CASE("what cannot be read is everything") {
  for (const char* message : {"r", "ra", "r\n", "\n", "xa\n", "ra\nnew kind\n", "*\n", "\xff\xff"}) {
    CAPTURE(message);
    CHECK(is_everything(ChangeSet::from_message(message)));
  }
}

TEST_CASE("sets that are put together stay bounded") {
  ChangeSet all;
  for (int i = 0; i < 500; ++i) all.add(set_of({std::to_string(i)}));
  CHECK_FALSE(is_everything(all));
  all.add(set_of({"one more"}));
  CHECK(is_everything(all));
  CHECK(all.json().size() < 100);
}
