#include <doctest/doctest.h>

#include <limits>

#include "base/error.h"
#include "sql/mysql/dialect.h"
#include "sql/mysql/faults.h"
#include "sql/mysql/mysql_database.h"
#include "sql/mysql/uri.h"
#include "sql/mysql/values.h"

using namespace millrace;
using namespace millrace::sql;
using namespace millrace::sql::mysql;

namespace {

constexpr std::string_view kSecret = "s3cr3t";

// A template with its places as "<kind><parameter>".
std::string shown(std::string_view sql) {
  std::string text;
  for (const Piece& piece : translate(sql).pieces) {
    constexpr const char* kMarks[] = {"", "$", "~", "list", "tuples", "rows"};
    text += piece.kind == Piece::Kind::kText
                ? piece.text
                : kMarks[static_cast<size_t>(piece.kind)] + std::to_string(piece.parameter);
    if (piece.lists > 1) text += "+" + std::to_string(piece.lists - 1);
  }
  return text;
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

TEST_CASE("statements of the stores are put into words of MariaDB and MySQL") {
  CHECK(shown("SELECT a FROM t INDEXED BY i WHERE b = ?1 AND c > ?12") ==
        "SELECT a FROM t WHERE b = $1 AND c > $12");
  CHECK(shown("FROM a CROSS JOIN b x ON x.i = a.i") == "FROM a JOIN b x ON x.i = a.i");
  CHECK(shown("SELECT x.key, r.rowid FROM t ORDER BY +key, i.rowid") ==
        "SELECT x.`key`, NULL FROM t ORDER BY `key`, NULL");
  CHECK(shown("ORDER BY a DESC NULLS LAST, m.b ASC NULLS LAST, c") ==
        "ORDER BY a DESC, m.b IS NULL, m.b ASC, c");
  CHECK(shown("CAST(a AS TEXT), CAST(b AS INTEGER), length(c), param_key") ==
        "CAST(a AS CHAR), CAST(b AS SIGNED), char_length(c), param_key");
  CHECK(translate("SELECT ?2, ?11").parameters == 11);
  CHECK(translate("SELECT 1").reads);
  CHECK_FALSE(translate("UPDATE t SET a = 1").reads);
}

TEST_CASE("texts of filters are compared to the letter, and by an index too where one may be") {
  CHECK(shown("r.name = ?1 COLLATE BINARY AND b") ==
        "(r.name = $1 AND r.name = $1 COLLATE utf8mb4_bin) AND b");
  CHECK(shown("a AND x.value <> ?1 COLLATE BINARY") == "a AND x.value <> $1 COLLATE utf8mb4_bin");
  CHECK(shown("CASE a WHEN 1 THEN 'X' END = ?1 COLLATE BINARY") ==
        "CASE a WHEN 1 THEN 'X' END = $1 COLLATE utf8mb4_bin");
  CHECK(shown("a.b IN (?1,?2) OR c") ==
        "(a.b IN ($1,$2) AND a.b IN ($1 COLLATE utf8mb4_bin,$2 COLLATE utf8mb4_bin)) OR c");
  CHECK(shown("a NOT IN (?1)") == "a NOT IN ($1 COLLATE utf8mb4_bin)");
  CHECK(
      shown("a LIKE ?1 AND lower(b) LIKE lower(?2)") ==
      "a LIKE ~1 COLLATE utf8mb4_bin ESCAPE '|' AND lower(b) LIKE lower(~2) COLLATE utf8mb4_bin ESCAPE '|'");
}

TEST_CASE("lists become lists of values, tuples and rows") {
  CHECK(shown("WHERE a = ANY(?1) AND b") == "WHERE a IN (list1) AND b");
  CHECK(shown("(a, b) IN (SELECT * FROM unnest(?2, ?3)) AND c") == "(a, b) IN (tuples2+1) AND c");
  CHECK(shown("INSERT INTO t(a, b) SELECT * FROM unnest(?1, ?2)") == "INSERT INTO t(a, b) rows1+1");
}

TEST_CASE("conflicts are met by an update of the row that is there") {
  CHECK(shown("INSERT INTO t(key, b) VALUES(?1, ?2) ON CONFLICT DO NOTHING") ==
        "INSERT INTO t(`key`, b) VALUES($1, $2) ON DUPLICATE KEY UPDATE `key` = `key`");
  CHECK(shown("INSERT INTO t(a, b) VALUES(?1, ?2) ON CONFLICT(a) DO UPDATE SET b = excluded.b") ==
        "INSERT INTO t(a, b) VALUES($1, $2) ON DUPLICATE KEY UPDATE `b` = VALUES(`b`)");
  CHECK(shown("INSERT INTO t(k, v, s, n) VALUES(?1) ON CONFLICT(k) DO UPDATE SET v = excluded.v, s = "
              "excluded.s, n = excluded.n WHERE (excluded.s, excluded.v) > (t.s, t.v)") ==
        "INSERT INTO t(k, v, s, n) VALUES($1) ON DUPLICATE KEY UPDATE "
        "`n` = IF((VALUES(`s`), VALUES(`v`)) > (`s`, `v`), VALUES(`n`), `n`), "
        "`v` = IF((VALUES(`s`), VALUES(`v`)) > (`s`, `v`), VALUES(`v`), `v`), "
        "`s` = IF((VALUES(`s`), VALUES(`v`)) >= (`s`, `v`), VALUES(`s`), `s`)");
  CHECK(message_of([] { translate("INSERT INTO t(a) VALUES(1) ON CONFLICT DO SOMETHING"); }) != "");
}

TEST_CASE("a number that the database gives is asked for afterwards") {
  const Template text = translate("INSERT INTO t(a) VALUES(?1) RETURNING id");
  CHECK(text.returns_id);
  CHECK(text.pieces.back().text.find("RETURNING") == std::string::npos);
}

TEST_CASE("what stands in quotes is left alone") {
  CHECK(shown("SELECT '?1 INDEXED BY x key', 'it''s LIKE ?1' WHERE a = ?1") ==
        "SELECT '?1 INDEXED BY x key', 'it''s LIKE ?1' WHERE a = $1");
}

TEST_CASE("no value ends its word, whether backslashes escape or not") {
  CHECK(literal("it's") == "'it''s'");
  CHECK(literal("") == "''");
  CHECK(literal("\\' OR 1=1 -- ") == "_utf8mb4 x'5c27204f5220313d31202d2d20'");
  CHECK(literal(std::string_view("a\0b", 3)) == "_utf8mb4 x'610062'");
  CHECK(literal("ü'") == "'ü'''");
}

TEST_CASE("numbers keep all of their bits and are no decimals") {
  CHECK(literal(0.1) == "1e-01");
  CHECK(literal(std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
  CHECK(literal(std::numeric_limits<int64_t>::min()) == "-9223372036854775808");
}

TEST_CASE("URIs of MySQL and MariaDB are told from others, whatever driver they name") {
  for (const char* uri :
       {"mysql://h/d", "mysql+pymysql://h/d", "mysql+mysqldb://h/d", "mysql+mysqlconnector://",
        "mysql+aiomysql://h/d", "mariadb://h/d", "mariadb+pymysql://h/d", "mariadb+mariadbconnector://h/d"})
    CHECK(is_mysql_uri(uri));
  for (const char* uri : {"mysqlx://h/d", "sqlite:///mysql", "mysql", "", "postgresql://h"})
    CHECK_FALSE(is_mysql_uri(uri));
}

TEST_CASE("a URI is taken apart and its parts are decoded") {
  const Target target = parse_uri(
      "mysql+pymysql://us%40er:p%2Fw%25@db.example.com:3307/my%20runs?charset=utf8mb4&connect_timeout=3");
  CHECK(target.user == "us@er");
  CHECK(target.password.reveal() == "p/w%");
  CHECK(target.host == "db.example.com");
  CHECK(target.port == 3307);
  CHECK(target.database == "my runs");
  CHECK(target.connect_timeout == 3);
  CHECK(target.tls == Tls::kOff);
  CHECK(target.label() == "database 'my runs' of 'db.example.com'");
  CHECK(parse_uri("mysql://u@/d?unix_socket=/run/s").label() == "database 'd' of '/run/s'");
  CHECK(parse_uri("mysql:///d").host == "localhost");
  CHECK(parse_uri("mysql://[::1]/d").host == "::1");
  CHECK(parse_uri("mysql://h/d?password=s3cr3t").password.reveal() == kSecret);
}

TEST_CASE("how far TLS goes is what the options of the usual drivers say") {
  const auto tls = [](const std::string& options) { return parse_uri("mysql://h/d?" + options).tls; };
  CHECK(tls("ssl=true") == Tls::kOn);
  CHECK(tls("ssl_cert=c&ssl_key=k") == Tls::kOn);
  CHECK(tls("ssl_ca=ca.pem") == Tls::kVerified);
  CHECK(tls("ssl_ca=ca.pem&ssl_verify_cert=false") == Tls::kOn);
  CHECK(tls("ssl_ca=ca.pem&ssl_verify_identity=true") == Tls::kIdentity);
  CHECK(tls("ssl_verify_cert=true") == Tls::kIdentity);
  CHECK(tls("ssl_mode=VERIFY_IDENTITY") == Tls::kIdentity);
  CHECK(tls("ssl_mode=required") == Tls::kOn);
  CHECK(tls("ssl_ca=ca.pem&ssl_disabled=true") == Tls::kOff);
}

TEST_CASE("what a URI cannot say is told without what may be a password") {
  for (const char* uri :
       {"mysql:u:s3cr3t@h/d", "mysql://u:s3cr3t@h:x5/d", "mysql://u:s3cr3t%2@h/d", "mysql://u:p@s3cr3t@h/d",
        "mysql://u:s3cr3t@[::1/d", "mysql://u:s3cr3t@h/d?s3cr3t=1", "mysql://u:s3cr3t@h/d?charset=latin1",
        "mysql://u:s3cr3t%00@h/d", "mysql://h:s3cr3t/d", "mysql://u:s3cr3t@h", "mysql://u:s3cr3t@a,b/d",
        "mysql://u:s3cr3t@h/d?read_timeout=soon", "mysql://u:s3cr3t@h/d?ssl_mode=s3cr3t",
        "mysql://u:s3cr3t@h:99999/d", "mysql://u:s3cr3t@h/d?ssl=s3cr3t"}) {
    CAPTURE(std::string(uri));
    const std::string message = message_of([&] { parse_uri(uri); });
    CHECK(message.find("The URI of the MySQL database") == 0);
    CHECK(message.find(kSecret) == std::string::npos);
  }
}

TEST_CASE("a database that cannot be reached is told without the password") {
  for (const char* uri : {"mysql://u:s3cr3t@127.0.0.1:1/d", "mysql://u:s3cr3t@nowhere.invalid/d",
                          "mysql://u:s3cr3t@/d?unix_socket=/nowhere/s3cr3t"}) {
    CAPTURE(std::string(uri));
    const std::string message = message_of([&] { MysqlDatabase({uri, "root:/", 1}); });
    CHECK(message.find("Cannot connect to the database 'd'") == 0);
    CHECK(message.find("u:s3cr3t") == std::string::npos);
  }
}

TEST_CASE("error numbers are told apart by what a caller can do") {
  using Kind = TransactionFault::Kind;
  CHECK(fault_of(1213, "x").kind() == Kind::kPassing);
  CHECK(fault_of(1205, "x").kind() == Kind::kLasting);
  CHECK(fault_of(1205, "x").code() == ErrorCode::kTemporarilyUnavailable);
  CHECK(fault_of(1062, "x").kind() == Kind::kPassing);
  CHECK(fault_of(1406, "x").code() == ErrorCode::kInvalidParameterValue);
  CHECK(fault_of(1969, "x").code() == ErrorCode::kDeadlineExceeded);
  CHECK(fault_of(2013, "x").kind() == Kind::kPassing);
  CHECK(fault_of(1114, "x").code() == ErrorCode::kResourceExhausted);
  CHECK(fault_of(1045, "x").code() == ErrorCode::kPermissionDenied);
  CHECK(fault_of(1049, "x").code() == ErrorCode::kInvalidParameterValue);
  CHECK(std::string(fault_of(1, "the detail").what()).find("the detail") != std::string::npos);
  CHECK(ends_connection(2006));
  CHECK(ends_connection(1053));
  CHECK_FALSE(ends_connection(1213));
  CHECK(is_time_out(3024));
}
