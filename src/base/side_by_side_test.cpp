#include "base/side_by_side.h"

#include <doctest/doctest.h>

#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace millrace;

namespace {

struct Record {
  std::mutex mutex;
  std::multiset<size_t> numbers;
  std::set<std::thread::id> threads;

  void add(size_t number) {
    const std::lock_guard lock(mutex);
    numbers.insert(number);
    threads.insert(std::this_thread::get_id());
  }
};

std::multiset<size_t> up_to(size_t count) {
  std::multiset<size_t> all;
  for (size_t i = 0; i < count; ++i) all.insert(i);
  return all;
}

}  // namespace

TEST_CASE("what is short is done by the caller alone, each number once") {
  // A machine that does something else meanwhile makes it long, but not every time.
  int alone = 0;
  for (int i = 0; i < 50; ++i) {
    Record record;
    side_by_side(100, 4, [&](const NextNumber& next) {
      while (const auto number = next()) record.add(*number);
    });
    CHECK(record.numbers == up_to(100));
    if (record.threads == std::set{std::this_thread::get_id()}) ++alone;
  }
  CHECK(alone > 0);
  side_by_side(0, 4, [&](const NextNumber& next) { CHECK(!next()); });
}

TEST_CASE("what takes longer is done by as many threads as are allowed, each number once") {
  const auto threads_for = [](size_t count, size_t threads) {
    Record record;
    side_by_side(count, threads, [&](const NextNumber& next) {
      while (const auto number = next()) {
        record.add(*number);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    });
    CHECK(record.numbers == up_to(count));
    return record.threads.size();
  };
  CHECK(threads_for(100, 3) == 3);
  CHECK(threads_for(10, 1) == 1);
  CHECK(threads_for(1, 4) == 1);
  CHECK(threads_for(3, 8) <= 2);
}

TEST_CASE("the first fault of any thread is thrown, and nothing more is begun") {
  Record record;
  const auto work = [&](const NextNumber& next) {
    while (const auto number = next()) {
      record.add(*number);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      if (*number == 5) throw std::runtime_error("the fifth");
    }
  };
  CHECK_THROWS_WITH(side_by_side(1000, 3, work), "the fifth");
  CHECK(record.numbers.size() < 500);
}
