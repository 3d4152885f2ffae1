#include <doctest/doctest.h>

#include <filesystem>
#include <future>
#include <latch>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "sql/connection.h"
#include "sql/reader_pool.h"
#include "sql/writer.h"

using namespace millrace;
using namespace millrace::sql;

namespace {

class TemporaryDatabase {
 public:
  TemporaryDatabase()
      : folder_(std::filesystem::temp_directory_path() / ("millrace-sql-" + random_token(12))) {
    std::filesystem::create_directory(folder_);
    open()->execute(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(k TEXT PRIMARY KEY, v INTEGER)");
  }
  ~TemporaryDatabase() { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Connection> open(bool read_only = false) const {
    ConnectionOptions options;
    options.create = !read_only;
    options.read_only = read_only;
    options.busy_timeout = std::chrono::milliseconds(50);
    return std::make_unique<Connection>((folder_ / "t.db").string(), options);
  }

 private:
  std::filesystem::path folder_;
};

void insert(Connection& connection, std::string_view key, int64_t value) {
  connection.prepare("INSERT INTO t VALUES(?1, ?2)").bind(1, key).bind(2, value).run();
}

int64_t count(Connection& connection) {
  auto statement = connection.prepare("SELECT count(*) FROM t");
  statement.step();
  return statement.integer(0);
}

ErrorCode code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("nothing was thrown");
  return ErrorCode::kInternalError;
}

}  // namespace

TEST_CASE("values come back as they were bound") {
  const TemporaryDatabase database;
  const auto connection = database.open();
  auto statement = connection->prepare("SELECT ?1, ?2, ?3, ?4, ?5");
  const std::string text("a\0b", 3);
  statement.bind(1, std::string_view(text))
      .bind(2, int64_t{1} << 60)
      .bind(3, 0.1)
      .bind_null(4)
      .bind(5, std::string_view());
  REQUIRE(statement.step());
  CHECK(statement.text(0) == text);
  CHECK(statement.integer(1) == int64_t{1} << 60);
  CHECK(statement.real(2) == 0.1);
  CHECK(statement.is_null(3));
  CHECK_FALSE(statement.is_null(4));
  CHECK(statement.text(4).empty());
}

TEST_CASE("a statement that is used twice at once, and a cache that overflows meanwhile, disturb nobody") {
  const TemporaryDatabase database;
  const auto connection = database.open();
  insert(*connection, "a", 1);
  insert(*connection, "b", 2);
  constexpr const char* kQuery = "SELECT k FROM t ORDER BY k";
  auto outer = connection->prepare(kQuery);
  REQUIRE(outer.step());
  {
    auto inner = connection->prepare(kQuery);
    REQUIRE(inner.step());
    CHECK(inner.text(0) == "a");
  }
  auto waiting = connection->prepare("SELECT v FROM t WHERE k = ?1");
  for (int i = 0; i < 600; ++i) connection->prepare("SELECT " + std::to_string(i)).step();
  CHECK(connection->prepare("SELECT 1 -- " + std::string(10'000, 'x')).step());
  REQUIRE(outer.step());
  CHECK(outer.text(0) == "b");
  REQUIRE(waiting.bind(1, std::string_view("b")).step());
  CHECK(waiting.integer(0) == 2);
}

TEST_CASE("writes of many threads are all committed, in fewer groups than tasks") {
  const TemporaryDatabase database;
  Writer writer(database.open());
  constexpr int kThreads = 16;
  constexpr int kEach = 50;
  std::latch start(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      start.arrive_and_wait();
      for (int i = 0; i < kEach; ++i) {
        const std::string key = std::to_string(t) + "-" + std::to_string(i);
        writer.run([&](Connection& c) { insert(c, key, i); });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(count(*database.open(true)) == kThreads * kEach);
  CHECK(writer.statistics().tasks == kThreads * kEach);
  CHECK(writer.statistics().groups < kThreads * kEach);
}

TEST_CASE("a task that fails after a change harms none of its neighbours") {
  const TemporaryDatabase database;
  Writer writer(database.open());
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (int t = 0; t < 12; ++t) {
    threads.emplace_back([&, t] {
      const std::string key = std::to_string(t);
      try {
        writer.run([&](Connection& c) {
          insert(c, key, t);
          if (t % 3 == 0) throw_invalid_parameter("refused");
        });
      } catch (const Error&) {
        ++failed;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(failed == 4);
  CHECK(count(*database.open(true)) == 8);
}

TEST_CASE("a result of a task is handed to its caller") {
  const TemporaryDatabase database;
  Writer writer(database.open());
  CHECK(writer.call([](Connection& c) {
    insert(c, "x", 7);
    return c.last_insert_id();
  }) == 1);
}

TEST_CASE("a submitted task tells of its end after the commit, with its fault if it had one") {
  const TemporaryDatabase database;
  const auto reader = database.open(true);
  std::promise<int64_t> seen;
  std::promise<std::exception_ptr> fault;
  Writer writer(database.open());
  writer.submit([](Connection& c) { insert(c, "x", 1); },
                [&](const std::exception_ptr&) { seen.set_value(count(*reader)); });
  writer.submit([](Connection&) { throw_invalid_parameter("refused"); },
                [&](std::exception_ptr what) { fault.set_value(std::move(what)); });
  CHECK(seen.get_future().get() == 1);
  const std::exception_ptr told = fault.get_future().get();
  CHECK(code_of([&] { std::rethrow_exception(told); }) == ErrorCode::kInvalidParameterValue);
}

TEST_CASE("a write that is done together with others is waited for, with its own fault") {
  struct Named : BulkItem {
    explicit Named(std::string text) : name(std::move(text)) {}
    std::string name;
  };
  const BulkWork insert_named = [](Connection& connection, std::span<BulkItem* const> items) {
    for (BulkItem* item : items) {
      const std::string& name = static_cast<Named*>(item)->name;
      if (name.empty()) {
        item->fault = std::make_exception_ptr(Error(ErrorCode::kInvalidParameterValue, "no name"));
      } else {
        insert(connection, name, 1);
      }
    }
  };
  const TemporaryDatabase database;
  Writer writer(database.open());
  std::vector<std::jthread> callers;
  std::atomic<int> refused{0};
  for (int i = 0; i < 64; ++i) {
    callers.emplace_back([&, i] {
      try {
        writer.run(insert_named, std::make_shared<Named>(i % 4 == 0 ? "" : std::to_string(i)));
      } catch (const Error&) {
        ++refused;
      }
    });
  }
  callers.clear();
  CHECK(refused == 16);
  CHECK(count(*database.open(true)) == 48);
}

TEST_CASE("what was submitted is written before the writer ends") {
  const TemporaryDatabase database;
  std::atomic<int> told{0};
  {
    Writer writer(database.open());
    for (int i = 0; i < 1000; ++i) {
      writer.submit([i](Connection& c) { insert(c, std::to_string(i), i); },
                    [&](const std::exception_ptr& fault) { told += fault ? 0 : 1; });
    }
  }
  CHECK(told == 1000);
  CHECK(count(*database.open(true)) == 1000);
}

TEST_CASE("a lock held by another connection is a temporary fault") {
  const TemporaryDatabase database;
  const auto other = database.open();
  Transaction lock(*other, Transaction::Kind::kWrite);
  Writer writer(database.open());
  CHECK(code_of([&] { writer.run([](Connection& c) { insert(c, "x", 1); }); }) ==
        ErrorCode::kTemporarilyUnavailable);
}

TEST_CASE("a full database is told and the group is not committed") {
  const TemporaryDatabase database;
  auto connection = database.open();
  connection->execute("PRAGMA max_page_count=4");
  Writer writer(std::move(connection));
  const std::string large(100'000, 'x');
  CHECK(code_of([&] { writer.run([&](Connection& c) { insert(c, large, 1); }); }) ==
        ErrorCode::kResourceExhausted);
  CHECK(count(*database.open(true)) == 0);
  CHECK_NOTHROW(writer.run([&](Connection& c) { insert(c, "small", 1); }));
}

TEST_CASE("a read connection cannot write and a missing file is not made by it") {
  const TemporaryDatabase database;
  const auto reader = database.open(true);
  CHECK(code_of([&] { insert(*reader, "x", 1); }) == ErrorCode::kPermissionDenied);
  CHECK_THROWS_AS(Connection("/nonexistent/folder/x.db", ConnectionOptions{}), Error);
}

TEST_CASE("a statement stops when its budget is used up") {
  const TemporaryDatabase database;
  const auto connection = database.open();
  const auto endless = [&] {
    connection
        ->prepare("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n")
        .run();
  };
  CHECK_FALSE(connection->run_within(10'000, endless));
  CHECK(connection->run_within(10'000, [&] { insert(*connection, "after", 1); }));
}

TEST_CASE("readers are lent up to the limit and see what was committed") {
  const TemporaryDatabase database;
  ReaderPool pool([&] { return database.open(true); }, 2);
  Writer writer(database.open());
  writer.run([](Connection& c) { insert(c, "x", 1); });
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] { CHECK(pool.read([](Connection& c) { return count(c); }) == 1); });
  }
  for (auto& thread : threads) thread.join();
}
