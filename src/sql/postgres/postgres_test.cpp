#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "sql/postgres/dialect.h"
#include "sql/postgres/faults.h"
#include "sql/postgres/postgres_database.h"
#include "sql/postgres/uri.h"
#include "sql/postgres/values.h"
#include "sql/server_uri.h"

using namespace millrace;
using namespace millrace::sql;
using namespace millrace::sql::postgres;

namespace {

constexpr std::string_view kSecret = "s3cr3t";

std::string option(const Target& target, std::string_view keyword) {
  for (const auto& [key, value] : target.options) {
    if (key == keyword) return value;
  }
  return "";
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("statements of the stores are put into PostgreSQL's words") {
  CHECK(translate("SELECT a FROM t INDEXED BY i WHERE b = ?1 AND c > ?12") ==
        "SELECT a FROM t WHERE b = $1 AND c > $12");
  CHECK(translate("SELECT a FROM t INDEXED BY i") == "SELECT a FROM t ");
  CHECK(translate("FROM a CROSS JOIN b x ON x.i = a.i") == "FROM a JOIN b x ON x.i = a.i");
  CHECK(translate("ORDER BY +key, +v.name DESC, i.rowid") == "ORDER BY key, v.name DESC, i.ctid");
  CHECK(translate("a = ?1 COLLATE BINARY AND b") == "a = $1  AND b");
  CHECK(translate("a LIKE ?1 AND b = ?2") == "a LIKE $1 ESCAPE '' AND b = $2");
  CHECK(translate("lower(a) LIKE lower(?1) OR b") == "lower(a) LIKE lower($1) ESCAPE '' OR b");
}

TEST_CASE("parameters are counted by their numbers") {
  CHECK(parameters_of("SELECT 1") == 0);
  CHECK(parameters_of("a = ?2 AND b = ?11 AND c = ?1 AND d = '?99'") == 11);
}

TEST_CASE("what stands in quotes is left alone") {
  CHECK(translate("SELECT '?1 INDEXED BY x' || \"rowid\", 'it''s +1 LIKE ?1' WHERE a = ?1") ==
        "SELECT '?1 INDEXED BY x' || \"rowid\", 'it''s +1 LIKE ?1' WHERE a = $1");
  CHECK(translate("SELECT 'open ?1") == "SELECT 'open ?1");
}

TEST_CASE("no value can end its field, row or element of an array") {
  using namespace std::string_view_literals;
  const std::array texts{"a\tb"sv, "\\."sv, "\\N\r\n"sv, ""sv, "ä\"{,}"sv};
  const std::array numbers{int64_t{0}, int64_t{-1}, INT64_MIN, INT64_MAX, int64_t{5}};
  const std::array reals{0.1, -1e300, 5e-324, 0.0, 2.0};
  const std::array<char, 5> truths{1, 0, 1, 0, 1};
  const std::array<Column, 4> columns{texts, numbers, reals, truths};
  CHECK(copy_text(columns) ==
        "a\\tb\t0\t0.1\tt\n"
        "\\\\.\t-1\t-1e+300\tf\n"
        "\\\\N\\r\\n\t-9223372036854775808\t5e-324\tt\n"
        "\t9223372036854775807\t0\tf\n"
        "ä\"{,}\t5\t2\tt\n");
  CHECK(copy_text({}) == "");
  CHECK(array_text(texts) == "{\"a\tb\",\"\\\\.\",\"\\\\N\r\n\",\"\",\"ä\\\"{,}\"}");
  CHECK(array_text(reals) == "{0.1,-1e+300,5e-324,0,2}");
  CHECK(array_text(truths) == "{t,f,t,f,t}");
  CHECK_THROWS_AS(array_text(std::array{"a\0b"sv}), TransactionFault);
  CHECK_THROWS_AS(copy_text(std::array<Column, 1>{std::array{"a\0b"sv}}), TransactionFault);
}

TEST_CASE("URIs of PostgreSQL are told from others, whatever driver they name") {
  for (const char* uri :
       {"postgresql://h/d", "postgres://h/d", "postgresql+psycopg2://h/d", "postgresql+psycopg://"})
    CHECK(is_postgres_uri(uri));
  for (const char* uri : {"postgresqlx://h/d", "sqlite:///postgresql", "postgresql", "", "mysql://h"})
    CHECK_FALSE(is_postgres_uri(uri));
}

TEST_CASE("a URI is taken apart and its parts are decoded") {
  const Target target =
      parse_uri("postgresql+psycopg2://us%40er:p%2Fw%25@db.example.com:5433/my%20runs?sslmode=require");
  CHECK(option(target, "user") == "us@er");
  CHECK(target.password.reveal() == "p/w%");
  CHECK(option(target, "host") == "db.example.com");
  CHECK(option(target, "port") == "5433");
  CHECK(option(target, "dbname") == "my runs");
  CHECK(option(target, "sslmode") == "require");
  CHECK(target.label() == "database 'my runs' of 'db.example.com'");
}

TEST_CASE("parts of a URI may be missing or of other forms") {
  CHECK(parse_uri("postgresql://").options.empty());
  CHECK(option(parse_uri("postgresql://me@/d?host=/run/postgresql"), "host") == "/run/postgresql");
  CHECK(option(parse_uri("postgresql://[::1]:5/d"), "host") == "::1");
  CHECK(option(parse_uri("postgresql://a:1,b/d"), "host") == "a,b");
  CHECK(option(parse_uri("postgresql://a:1,b/d"), "port") == "1,");
  CHECK(parse_uri("postgresql://u:a/b?c#d@h/d").password.reveal() == "a/b?c#d");
  CHECK(parse_uri("postgresql://h/d?password=s3cr3t").password.reveal() == kSecret);
  CHECK(option(parse_uri("postgresql://h/d?options=-csearch_path%3Dml"), "options") == "-csearch_path=ml");
}

TEST_CASE("what a URI cannot say is told without what may be a password") {
  for (const char* uri :
       {"postgresql:u:s3cr3t@h/d", "postgresql://u:s3cr3t@h:x5/d", "postgresql://u:s3cr3t%2@h/d",
        "postgresql://u:p@s3cr3t@h/d", "postgresql://u:s3cr3t@[::1/d", "postgresql://u:s3cr3t@h/d?s3cr3t=1",
        "postgresql://u:s3cr3t@h/d?client_encoding=LATIN1", "postgresql://u:s3cr3t%00@h/d",
        "postgresql://h:s3cr3t/d"}) {
    CAPTURE(std::string(uri));
    const std::string message = message_of([&] { parse_uri(uri); });
    CHECK(message.find("The URI of the PostgreSQL database") == 0);
    CHECK(message.find(kSecret) == std::string::npos);
  }
}

TEST_CASE("a database that cannot be reached is told without the password, as written or decoded") {
  for (const char* uri : {"postgresql://u:s3cr3t@127.0.0.1:1/d", "postgresql://u:s3cr3t@s3cr3t.invalid/d",
                          "postgresql://u:s3%63r3t@127.0.0.1:1/d?sslmode=s3cr3t"}) {
    CAPTURE(std::string(uri));
    const std::string message = message_of([&] { PostgresDatabase({uri, "root:/", 1}); });
    CHECK(message.find("Cannot connect to the database 'd'") == 0);
    CHECK(message.find("s3%63r3t") == std::string::npos);
    if (std::string(uri).find("@s3") == std::string::npos) CHECK(message.find(kSecret) == std::string::npos);
  }
  const Target target = parse_uri("postgresql://u:s3cr3t@h/d");
  CHECK(without_secrets("a s3cr3t and s3cr3ts3cr3t", target.secrets) == "a *** and ******");
  CHECK(without_secrets("a\ns3cr3t\n", target.secrets) == "a ***");
  CHECK(without_secrets("a s3\ncr3t\nb", {Secret(std::string("s3\ncr3t"))}) == "a *** b");
}

TEST_CASE("SQLSTATEs are told apart by what a caller can do") {
  using Kind = TransactionFault::Kind;
  CHECK(fault_of("40P01", "x").kind() == Kind::kPassing);
  CHECK(fault_of("40001", "x").kind() == Kind::kPassing);
  CHECK(fault_of("40003", "x").kind() == Kind::kUnknown);
  CHECK(fault_of("23505", "x").kind() == Kind::kPassing);
  CHECK(fault_of("23514", "x").kind() == Kind::kLasting);
  CHECK(fault_of("22001", "x").code() == ErrorCode::kInvalidParameterValue);
  CHECK(fault_of("22012", "x").kind() == Kind::kPassing);
  CHECK(fault_of("0A000", "x").kind() == Kind::kPassing);
  CHECK(fault_of("57P01", "x").code() == ErrorCode::kTemporarilyUnavailable);
  CHECK(fault_of("57014", "x").code() == ErrorCode::kDeadlineExceeded);
  CHECK(fault_of("53100", "x").code() == ErrorCode::kResourceExhausted);
  CHECK(fault_of("42501", "x").code() == ErrorCode::kPermissionDenied);
  CHECK(fault_of("XX000", "the detail").code() == ErrorCode::kInternalError);
  CHECK(std::string(fault_of("XX000", "the detail").what()).find("the detail") != std::string::npos);
}
