#include "server/change_relay.h"

#include <doctest/doctest.h>

#include <condition_variable>

using namespace millrace;
using namespace millrace::server;

namespace {

void ignore(const ChangeSet&) {}

}  // namespace

TEST_CASE(
    "a database that cannot carry changes is told in the log, without the password, and no more is tried") {
  std::mutex mutex;
  std::condition_variable changed;
  std::string line;
  Log log(LogLevel::kInfo, [&](LogLevel, std::string_view message) {
    const std::lock_guard lock(mutex);
    line += message;
    changed.notify_all();
  });
  ChangeRelay relay("postgresql://u:s3cr3t@h:port/d", ignore, log);
  std::unique_lock lock(mutex);
  REQUIRE(changed.wait_for(lock, std::chrono::seconds(60), [&] { return !line.empty(); }));
  CHECK(line.find("Pages are told of changes of this server only") == 0);
  CHECK(line.find("s3cr3t") == std::string::npos);
}

TEST_CASE("the end does not wait for a database that is away, nor does whoever has something to send") {
  Log log(LogLevel::kInfo, [](LogLevel, std::string_view) {});
  const auto start = std::chrono::steady_clock::now();
  {
    ChangeRelay relay("postgresql://u@127.0.0.1:1/d", ignore, log);
    for (int i = 0; i < 10'000; ++i) relay.send(ChangeSet::from_message("r" + std::to_string(i) + "\n"));
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
}
