#include <doctest/doctest.h>

#include <functional>
#include <limits>

#include "base/error.h"
#include "sql/mssql/clauses.h"
#include "sql/mssql/dialect.h"
#include "sql/mssql/lists.h"
#include "sql/mssql/mssql_database.h"

using namespace millrace;
using namespace millrace::sql;
using namespace millrace::sql::mssql;

namespace {

// A template with its places as "$<parameter>", "~<parameter>" and "table<parameter>(columns)".
std::string shown(std::string_view sql) {
  std::string text;
  for (const Piece& piece : translate(sql).pieces) {
    switch (piece.kind) {
      case Piece::Kind::kText:
        text += piece.text;
        break;
      case Piece::Kind::kValue:
        text += "$" + std::to_string(piece.parameter);
        break;
      case Piece::Kind::kPattern:
        text += "~" + std::to_string(piece.parameter);
        break;
      case Piece::Kind::kTable:
        text += "table" + std::to_string(piece.parameter) + "(";
        for (const Piece::Column& column : piece.columns)
          text +=
              (column.name == piece.columns[0].name ? "" : " ") + column.name + (column.compared ? "!" : "");
        text += ")";
    }
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

TEST_CASE("statements of the stores are put into T-SQL") {
  CHECK(shown("SELECT a FROM t INDEXED BY i WHERE b = ?1 AND c > ?12") ==
        "SELECT a FROM t WHERE b = $1 AND c > $12");
  CHECK(shown("FROM a CROSS JOIN b x ON x.i = a.i") == "FROM a JOIN b x ON x.i = a.i");
  CHECK(shown("SELECT x.key, r.rowid FROM t ORDER BY +key, i.rowid") ==
        "SELECT x.[key], NULL FROM t ORDER BY [key], (SELECT NULL)");
  CHECK(shown("CAST(a AS TEXT), CAST(b AS INTEGER), length(c), substr(d, 1, 2) || '…', param_key") ==
        "CAST(a AS NVARCHAR(MAX)), CAST(b AS BIGINT), len(c), substring(d, 1, 2) + N'…', param_key");
  CHECK(shown("WHERE a = TRUE AND b = FALSE AND TRUE") == "WHERE a = 1 AND b = 0 AND 1 = 1");
  CHECK(shown("INSERT INTO t(key, b) VALUES('it''s', ?1)") == "INSERT INTO t([key], b) VALUES ('it''s', $1)");
  CHECK(translate("SELECT ?2, ?11").parameters == 11);
  CHECK(translate("SELECT 1").reads);
  CHECK_FALSE(translate("UPDATE t SET a = 1").reads);
}

TEST_CASE("what stands in quotes is left alone by the dialect of SQL Server") {
  CHECK(shown("SELECT '?1 INDEXED BY x key', 'it''s LIKE ?1' WHERE a = ?1") ==
        "SELECT '?1 INDEXED BY x key', 'it''s LIKE ?1' WHERE a = $1");
}

TEST_CASE("orders have no conditions, no repetitions and NULL where the stores want it") {
  CHECK(shown("ORDER BY a DESC NULLS LAST, m.b ASC NULLS LAST, c") ==
        "ORDER BY a DESC, CASE WHEN m.b IS NULL THEN 1 ELSE 0 END, m.b, c");
  CHECK(shown("ORDER BY (r.a IS NULL), r.a DESC, r.b, r.a, r.b DESC") ==
        "ORDER BY CASE WHEN (r.a IS NULL) THEN 1 ELSE 0 END, r.a DESC, r.b");
  CHECK(shown("ORDER BY NOT EXISTS (SELECT 1 FROM t x WHERE x.key = ?1), (SELECT x.v FROM t x WHERE x.key = "
              "?2), c") ==
        "ORDER BY CASE WHEN NOT EXISTS (SELECT 1 FROM t x WHERE x.[key] = $1) THEN 1 ELSE 0 END, (SELECT x.v "
        "FROM t x "
        "WHERE x.[key] = $2), c");
}

TEST_CASE("limits are said where T-SQL wants them") {
  CHECK(shown("SELECT 1 FROM t LIMIT 1") == "SELECT TOP (1) 1 FROM t");
  CHECK(shown("SELECT DISTINCT a FROM t WHERE b = ?2 LIMIT ?1") ==
        "SELECT DISTINCT TOP ($1) a FROM t WHERE b = $2");
  CHECK(shown("SELECT a FROM t ORDER BY a LIMIT ?1 OFFSET ?2") ==
        "SELECT a FROM t ORDER BY a OFFSET $2 ROWS FETCH NEXT $1 ROWS ONLY");
  CHECK(shown("SELECT 1 FROM t WHERE a = 1 LIMIT 1 OFFSET ?1") ==
        "SELECT 1 FROM t WHERE a = 1 ORDER BY (SELECT NULL) OFFSET $1 ROWS FETCH NEXT 1 ROWS ONLY");
  CHECK(shown("SELECT count(*) FROM (SELECT 1 AS x FROM t WHERE a = ?1 LIMIT ?2) AS n") ==
        "SELECT count(*) FROM (SELECT TOP ($2) 1 AS x FROM t WHERE a = $1) AS n");
  CHECK(shown("SELECT a FROM t WHERE b = (SELECT c FROM u ORDER BY c DESC LIMIT 1) UNION ALL SELECT a FROM v "
              "ORDER BY 1") ==
        "SELECT a FROM t WHERE b = (SELECT c FROM u ORDER BY c DESC OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY) "
        "UNION ALL "
        "SELECT a FROM v ORDER BY 1");
}

TEST_CASE(
    "texts of filters are compared to the letter in any collation, and by an index too where one may be") {
  const std::string exact = "CAST(r.name AS NVARCHAR(MAX)) + N'.'";
  const std::string value = "CAST($1 AS NVARCHAR(MAX)) + N'.' COLLATE Latin1_General_100_BIN2";
  CHECK(shown("r.name = ?1 COLLATE BINARY AND b") == "(r.name = $1 AND " + exact + " = " + value + ") AND b");
  CHECK(shown("a AND r.name <> ?1 COLLATE BINARY") == "a AND " + exact + " <> " + value);
  CHECK(shown("CASE a WHEN 1 THEN 'X' END = ?1 COLLATE BINARY") ==
        "CASE a WHEN 1 THEN 'X' END = CAST($1 AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2");
  CHECK(shown("r.name IN (?1) OR c") == "(r.name IN ($1) AND " + exact + " IN (" + value + ")) OR c");
  CHECK(shown("r.name NOT IN (?1)") == exact + " NOT IN (" + value + ")");
  CHECK(shown("a LIKE ?1 AND lower(b) LIKE lower(?2)") ==
        "a LIKE CAST(~1 AS NVARCHAR(4000)) COLLATE Latin1_General_100_BIN2 ESCAPE N'|' AND lower(b) LIKE "
        "lower(CAST(~2 AS NVARCHAR(4000))) COLLATE Latin1_General_100_BIN2 ESCAPE N'|'");
}

TEST_CASE("lists are tables of one parameter") {
  CHECK(shown("WHERE a = ANY(?1) AND b") == "WHERE a IN (SELECT v FROM table1(v!)) AND b");
  CHECK(shown("WHERE (v.a, v.key) IN (SELECT * FROM unnest(?2, ?3)) AND c") ==
        "WHERE EXISTS (SELECT 1 FROM table2(v0! v1!) AS listed WHERE listed.v0 = v.a AND listed.v1 = "
        "v.[key]) AND c");
  CHECK(shown("INSERT INTO t(a, key) SELECT * FROM unnest(?1, ?2)") ==
        "INSERT INTO t(a, [key]) SELECT a, [key] FROM table1(a [key])");
}

TEST_CASE("conflicts are met by a merge") {
  CHECK(shown("INSERT INTO t(key, b) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET b = excluded.b") ==
        "MERGE INTO t WITH (HOLDLOCK) AS t USING (SELECT $1 AS [key], $2 AS b) AS s ON t.[key] = s.[key] "
        "WHEN MATCHED THEN "
        "UPDATE SET b = s.b WHEN NOT MATCHED THEN INSERT ([key], b) VALUES (s.[key], s.b);");
  CHECK(shown("INSERT INTO input_tags(input_uuid, name, value) VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING") ==
        "MERGE INTO input_tags WITH (HOLDLOCK) AS t USING (SELECT $1 AS input_uuid, $2 AS name, $3 AS value) "
        "AS s ON "
        "t.input_uuid = s.input_uuid AND t.name = s.name WHEN NOT MATCHED THEN INSERT (input_uuid, name, "
        "value) VALUES "
        "(s.input_uuid, s.name, s.value);");
  CHECK(shown("INSERT INTO t(k, v, s, n) SELECT * FROM unnest(?1, ?2, ?3, ?4) ON CONFLICT(k) DO UPDATE SET v "
              "= excluded.v, "
              "s = excluded.s, n = excluded.n WHERE (excluded.s, excluded.v) > (t.s, t.v)") ==
        "MERGE INTO t WITH (HOLDLOCK) AS t USING (SELECT k, v, s, n FROM table1(k! v s n)) AS s ON t.k = s.k "
        "WHEN MATCHED "
        "AND (s.s > t.s OR (s.s = t.s AND s.v > t.v)) THEN UPDATE SET v = s.v, s = s.s, n = s.n WHEN NOT "
        "MATCHED THEN "
        "INSERT (k, v, s, n) VALUES (s.k, s.v, s.s, s.n);");
  CHECK(message_of([] { translate("INSERT INTO t(a) VALUES(1) ON CONFLICT(a) DO SOMETHING"); }) != "");
  CHECK(message_of([] { translate("INSERT INTO unknown(a) VALUES(1) ON CONFLICT DO NOTHING"); }) != "");
}

TEST_CASE("a number that the database gives comes back with the row") {
  CHECK(shown("INSERT INTO t(a) VALUES(?1) RETURNING id") ==
        "INSERT INTO t(a) OUTPUT inserted.id VALUES ($1)");
}

TEST_CASE("lists become JSON that keeps each value, and columns of types that indexes are found by") {
  const List texts = std::vector<std::string>{"it's \"x\"\\", "ü\n\x01"};
  const List numbers = std::vector<int64_t>{std::numeric_limits<int64_t>::min(), 1};
  const List reals = std::vector<double>{0.1, std::numeric_limits<double>::max()};
  const List truths = std::vector<char>{1, 0};
  CHECK(
      json_of({&texts, &numbers, &reals, &truths}) ==
      R"([["it's \"x\"\\",-9223372036854775808,0.1,true],["ü\u000a\u0001",1,1.7976931348623157e+308,false]])");
  const List none = std::vector<std::string>{};
  CHECK(json_of({&none}) == "[]");
  const std::vector<Piece::Column> columns{
      {"[key]", true}, {"n", false}, {"x", true}, {"b", false}, {"v", false}};
  CHECK(table_of(columns, {&texts, &numbers, &reals, &truths, &texts}, true) ==
        "OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH ([key] VARCHAR(8000) '$[0]', n BIGINT '$[1]', x FLOAT "
        "'$[2]', b BIT "
        "'$[3]', v NVARCHAR(MAX) '$[4]')");
  CHECK(table_of({{"a", true}}, {&texts}, false).find("a NVARCHAR(4000) '$[0]'") != std::string::npos);
}

TEST_CASE("clauses are found outside of parentheses and quotes only") {
  CHECK(find_at_top("a (LIMIT 1) 'LIMIT' LIMIT 2", "LIMIT ") == 20);
  CHECK(find_at_top("a) LIMIT 2", "LIMIT ") == std::string_view::npos);
  CHECK(up_to_closing("a, (b), ')' ) c") == "a, (b), ')' ");
  CHECK(split_at_commas("a, f(b, c) , 'd, e'") == std::vector<std::string_view>{"a", "f(b, c)", "'d, e'"});
}

TEST_CASE("a SQL Server that cannot be reached is told without the password") {
  for (const char* uri : {"mssql://u:s3cr3t@127.0.0.1:1/d?driver=FreeTDS&login_timeout=2",
                          "mssql://u:s3cr3t@127.0.0.1:1/d?driver=No+Such+Driver"}) {
    CAPTURE(std::string(uri));
    const std::string message = message_of([&] { MssqlDatabase({uri, "root:/", 1}); });
    CHECK(message.find("Cannot connect to the database 'd' of '127.0.0.1'") == 0);
    CHECK(message.find("s3cr3t") == std::string::npos);
  }
}
