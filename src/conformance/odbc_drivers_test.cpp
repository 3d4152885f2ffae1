// The ODBC layer against real servers, through Debian's drivers of PostgreSQL and MariaDB: what it does for
// SQL Server, of which there is none to test with.

#include <doctest/doctest.h>

#include <functional>
#include <limits>

#include "conformance/testing/mariadb_server.h"
#include "conformance/testing/postgres_server.h"
#include "sql/odbc/connection_string.h"
#include "sql/odbc/session.h"

using namespace millrace;
using namespace millrace::sql;
using namespace millrace::sql::odbc;
using namespace millrace::conformance::testing;

namespace {

std::string behind(const std::string& uri, const std::string& option) {
  return uri.substr(uri.find(option) + option.size());
}

Target target_of(const std::string& driver, const std::vector<ConnectionString::Attribute>& attributes) {
  ConnectionString string;
  string.add("Driver", driver);
  for (const auto& [name, value] : attributes) string.add(name, value);
  Target target;
  target.driver = driver;
  target.connection_string = Secret(string.text());
  target.label = "database of '" + driver + "'";
  return target;
}

Target postgres_target(const PostgresServer& server) {
  return target_of("PostgreSQL Unicode", {{"Servername", behind(server.uri(), "host=")},
                                          {"Database", "postgres"},
                                          {"UID", "millrace"},
                                          {"BoolsAsChar", "0"},
                                          {"Protocol", "7.4-1"}});
}

Target mariadb_target(const MariadbServer& server) {
  return target_of(
      "MariaDB Unicode",
      {{"SOCKET", behind(server.uri(), "unix_socket=")}, {"Database", "first"}, {"UID", "root"}});
}

ErrorCode code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kInternalError;
}

void check_values(Session& session, const std::string& columns) {
  session.execute("CREATE TABLE v(" + columns + ")");
  const std::vector<std::string> texts{"", "it's; -- ?", "日本語 🙂", std::string(999'999, 'l') + "ü",
                                       std::string(1'000'000, 'n')};
  for (size_t i = 0; i < texts.size(); ++i) {
    const Result done = session.execute("INSERT INTO v VALUES(?, ?, ?, ?)",
                                        {static_cast<int64_t>(i), std::numeric_limits<int64_t>::min(),
                                         std::numeric_limits<double>::max(), texts[i]});
    CHECK(done.changes == 1);
  }
  session.execute("INSERT INTO v VALUES(?, ?, ?, ?)", {int64_t{9}, Value(), Value(), Value()});
  session.commit();
  const std::vector<Row> rows =
      session.execute("SELECT id, n, x, s FROM v WHERE id >= ? ORDER BY id", {int64_t{0}}).rows;
  REQUIRE(rows.size() == texts.size() + 1);
  for (size_t i = 0; i < texts.size(); ++i) {
    CHECK(std::get<int64_t>(rows[i][1]) == std::numeric_limits<int64_t>::min());
    CHECK(std::get<double>(rows[i][2]) == std::numeric_limits<double>::max());
    CHECK((std::get<std::string>(rows[i][3]) == texts[i]));
  }
  for (size_t column = 1; column < 4; ++column)
    CHECK(std::holds_alternative<std::monostate>(rows.back()[column]));
}

void check_transactions(Session& session, Session& other) {
  session.execute("CREATE TABLE u(id BIGINT PRIMARY KEY)");
  session.execute("INSERT INTO u VALUES(1)");
  session.commit();
  session.execute("INSERT INTO u VALUES(2)");
  CHECK(other.execute("SELECT id FROM u").rows.size() == 1);
  other.roll_back();
  session.roll_back();
  CHECK(code_of([&] { session.execute("INSERT INTO u VALUES(1)"); }) == ErrorCode::kResourceConflict);
  session.roll_back();
  CHECK(session.execute("SELECT id FROM u").rows.size() == 1);
  session.commit();
}

// A connection that its server ends is lost, and a new one is as good.
void check_loss(const Target& target, const std::string& number, const std::string& end) {
  Session session(target);
  const std::vector<Row> rows = session.execute("SELECT " + number).rows;
  const auto* id = std::get_if<int64_t>(&rows.at(0).at(0));
  REQUIRE(id != nullptr);
  Session other(target);
  other.execute(end + "(" + std::to_string(*id) + ")");
  other.commit();
  CHECK(code_of([&] {
          session.execute("SELECT 1");
          session.execute("SELECT 1");
        }) == ErrorCode::kTemporarilyUnavailable);
  CHECK(session.is_lost());
  CHECK(code_of([&] { session.commit(); }) == ErrorCode::kTemporarilyUnavailable);
  CHECK(Session(target).execute("SELECT 1").rows.size() == 1);
}

}  // namespace

TEST_CASE("ODBC carries values, transactions, time-outs and losses to PostgreSQL and back") {
  const PostgresServer server;
  const Target target = postgres_target(server);
  Session session(target);
  check_values(session, "id BIGINT, n BIGINT, x DOUBLE PRECISION, s TEXT");
  Session other(target);
  check_transactions(session, other);
  session.set_time_out(std::chrono::seconds(1));
  CHECK(code_of([&] { session.execute("SELECT pg_sleep(600)::text"); }) == ErrorCode::kDeadlineExceeded);
  CHECK(session.timed_out());
  session.roll_back();
  CHECK(session.execute("SELECT 1").rows.size() == 1);
  check_loss(target, "pg_backend_pid()", "SELECT pg_terminate_backend");
}

TEST_CASE("ODBC carries values, transactions and losses to MariaDB and back") {
  const MariadbServer server;
  const Target target = mariadb_target(server);
  Session session(target);
  check_values(session, "id BIGINT, n BIGINT, x DOUBLE, s LONGTEXT");
  Session other(target);
  check_transactions(session, other);
  Session third(target);
  const int64_t id = std::get<int64_t>(third.execute("SELECT CONNECTION_ID()").rows.at(0).at(0));
  other.execute("KILL " + std::to_string(id));
  CHECK(code_of([&] { third.execute("SELECT 1"); }) == ErrorCode::kTemporarilyUnavailable);
  CHECK(third.is_lost());
}
