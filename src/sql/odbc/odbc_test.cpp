// The ODBC layer without a server: what it makes of words and faults, and SQLite through Debian's
// libsqliteodbc.

#include <doctest/doctest.h>

#include <filesystem>
#include <limits>

#include "base/error.h"
#include "base/ids.h"
#include "sql/odbc/connection_string.h"
#include "sql/odbc/session.h"
#include "sql/odbc/wide.h"

using namespace millrace;
using namespace millrace::sql;
using namespace millrace::sql::odbc;

namespace {

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string round_trip(std::string_view text) {
  const auto wide = wide_of(text);
  return utf8_of(wide.data(), wide.size());
}

class SqliteFile {
 public:
  ~SqliteFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  Target target() const {
    ConnectionString string;
    string.add("Driver", "SQLite3");
    string.add("Database", path_.string());
    Target target;
    target.driver = "SQLite3";
    target.connection_string = Secret(string.text());
    target.label = "database 'test'";
    return target;
  }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("millrace-odbc-" + random_token(8) + ".db");
};

}  // namespace

TEST_CASE("texts come back from UTF-16 as they were, and what is no UTF-8 as replacements") {
  for (const char* text : {"", "plain", "ü ß é", "日本語", "𝄞 and 🙂", "\x7f"})
    CHECK(round_trip(text) == text);
  CHECK(round_trip(std::string_view("a\0b", 3)) == std::string_view("a\0b", 3));
  CHECK(round_trip("a\xff"
                   "b") ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(round_trip("\xc0\xaf") == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(round_trip("\xed\xa0\x80").find("\xef\xbf\xbd") == 0);
  CHECK(round_trip("\xe6\x97") == "\xef\xbf\xbd\xef\xbf\xbd");
  const SQLWCHAR half = 0xD834;
  CHECK(utf8_of(&half, 1) == "\xef\xbf\xbd");
  CHECK(wide_of("𝄞").size() == 2);
}

TEST_CASE("no value of a connection string can end its attribute") {
  for (const char* value : {"plain", "", "a;b", "a}b", "}", "}};", "{x}", " a ", "a=b", "p;Server=evil",
                            "x};Server=evil;y={", "'\"", "ü"}) {
    CAPTURE(std::string(value));
    ConnectionString string;
    string.add("Server", "good");
    string.add("PWD", value);
    string.add("Last", "one");
    const ConnectionString parsed = ConnectionString::parse(string.text());
    REQUIRE(parsed.attributes().size() == 3);
    CHECK(*parsed.find("server") == "good");
    CHECK(*parsed.find("pwd") == value);
    CHECK(*parsed.find("LAST") == "one");
  }
  CHECK(ConnectionString::parse(" DRIVER={A B}; server = h,1 ;;").text() == "DRIVER={A B};server=h,1;");
  for (const char* wrong : {"s3cr3t", "a=b;s3cr3t", "PWD={s3cr3t", "PWD={s3cr3t}x;A=b"}) {
    const std::string message = message_of([&] { ConnectionString::parse(wrong); });
    CHECK(message.find("The ODBC connection string") == 0);
    CHECK(message.find("s3cr3t") == std::string::npos);
  }
}

TEST_CASE("faults are told apart by what a caller can do") {
  using Kind = TransactionFault::Kind;
  const auto fault = [](const char* state, int native) {
    return fault_of({state, native, "x"}, "the detail");
  };
  CHECK(fault("40001", 1205).kind() == Kind::kPassing);
  CHECK(fault("40001", 0).kind() == Kind::kPassing);
  CHECK(fault("42000", 1222).kind() == Kind::kLasting);
  CHECK(fault("23000", 2627).kind() == Kind::kPassing);
  CHECK(fault("23000", 2627).code() == ErrorCode::kResourceConflict);
  CHECK(fault("23000", 547).kind() == Kind::kLasting);
  CHECK(fault("22001", 2628).code() == ErrorCode::kInvalidParameterValue);
  CHECK(fault("HYT00", 0).code() == ErrorCode::kDeadlineExceeded);
  CHECK(fault("08S01", 0).kind() == Kind::kPassing);
  CHECK(fault("08S01", 0).code() == ErrorCode::kTemporarilyUnavailable);
  CHECK(fault("28000", 18456).code() == ErrorCode::kPermissionDenied);
  CHECK(fault("42000", 4060).code() == ErrorCode::kInvalidParameterValue);
  CHECK(fault("42000", 9002).code() == ErrorCode::kResourceExhausted);
  CHECK(fault("42000", 102).code() == ErrorCode::kInternalError);
  CHECK(std::string(fault("42000", 102).what()).find("the detail") != std::string::npos);
  CHECK(ends_connection({"08S01", 0, ""}));
  CHECK(ends_connection({"HYT01", 0, ""}));
  CHECK_FALSE(ends_connection({"40001", 1205, ""}));
  CHECK(is_time_out({"HYT00", 0, ""}));
}

TEST_CASE("a driver that is not installed is told with those that are") {
  Target target;
  target.driver = "No Such Driver";
  target.connection_string = Secret(std::string("Driver={No Such Driver};Server=h;UID=u;PWD=s3cr3t;"));
  target.secrets.emplace_back(std::string("s3cr3t"));
  target.label = "database 'd' of 'h'";
  const std::string message = message_of([&] { Session session(target); });
  CHECK(message.find("Cannot connect to the database 'd' of 'h'") == 0);
  CHECK(message.find("'SQLite3'") != std::string::npos);
  CHECK(message.find("s3cr3t") == std::string::npos);
}

TEST_CASE("values go to a database and come back whole") {
  const SqliteFile file;
  Session session(file.target());
  session.execute("CREATE TABLE t(id INTEGER, n BIGINT, x DOUBLE, s TEXT, b BIT)");
  const std::string longest = std::string(999'999, 'l') + "ü";
  const std::string narrow(1'000'000, 'n');
  const std::vector<std::string> texts{
      "",     "it's; -- ?",           "日本語 🙂",       longest,
      narrow, std::string(8191, 'x'), std::string(8192, 'y'), std::string(8190, 'a') + "ßß"};
  for (size_t i = 0; i < texts.size(); ++i) {
    session.execute("INSERT INTO t VALUES(?, ?, ?, ?, ?)",
                    {static_cast<int64_t>(i), std::numeric_limits<int64_t>::min() + static_cast<int64_t>(i),
                     0.1, texts[i], i % 2 == 0});
  }
  CHECK(
      session.execute("INSERT INTO t VALUES(99, ?, ?, ?, ?)", {Value(), Value(), Value(), Value()}).changes ==
      1);
  session.commit();
  const Result result =
      session.execute("SELECT id, n, x, s, b FROM t WHERE id >= ? ORDER BY id", {int64_t{0}});
  REQUIRE(result.rows.size() == texts.size() + 1);
  for (size_t i = 0; i < texts.size(); ++i) {
    const Row& row = result.rows[i];
    CHECK(std::get<int64_t>(row[1]) == std::numeric_limits<int64_t>::min() + static_cast<int64_t>(i));
    CHECK(std::get<double>(row[2]) == 0.1);
    CHECK((std::get<std::string>(row[3]) == texts[i]));
    CHECK(std::get<int64_t>(row[4]) == (i % 2 == 0 ? 1 : 0));
  }
  for (size_t column = 1; column < 5; ++column)
    CHECK(std::holds_alternative<std::monostate>(result.rows.back()[column]));
}

TEST_CASE("what was not committed is not kept, and a fault says what the database said") {
  const SqliteFile file;
  {
    Session session(file.target());
    session.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    session.commit();
    session.execute("INSERT INTO t VALUES(1)");
    session.roll_back();
    session.execute("INSERT INTO t VALUES(2)");
    session.commit();
    session.execute("INSERT INTO t VALUES(3)");
    CHECK_THROWS_AS(session.execute("INSERT INTO t VALUES(2)"), TransactionFault);
    CHECK(message_of([&] { session.execute("SELECT * FROM nowhere"); }).find("nowhere") != std::string::npos);
    CHECK_FALSE(session.is_lost());
  }
  Session session(file.target());
  const Result left = session.execute("SELECT id FROM t");
  REQUIRE(left.rows.size() == 1);
  CHECK(std::get<int64_t>(left.rows[0][0]) == 2);
}
