#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millrace::sql::mssql {

/// A part of a statement: words of T-SQL, or a place for values.
struct Piece {
  enum class Kind {
    kText,     ///< `text` as it is
    kValue,    ///< the value of a parameter
    kPattern,  ///< the value as a pattern of LIKE, with escapes before what is no wildcard in the stores' SQL
    kTable,  ///< the lists of `columns.size()` parameters from `parameter` on, as a table with these columns
  };
  /// A column of a table that is made of a list.
  struct Column {
    std::string name;
    bool compared = false;  ///< with a column of the schema, whose index should find it
  };
  Kind kind = Kind::kText;
  std::string text{};
  int parameter = 0;  ///< counts from 1
  std::vector<Column> columns{};
};

/// A statement of the stores in T-SQL.
struct Template {
  std::vector<Piece> pieces;
  int parameters = 0;
  bool reads = false;  ///< changes nothing
};

/// What LIKE takes for an escape character.
inline constexpr char kEscape = '|';

// clang-format off
/// Puts a statement of the stores into words of SQL Server 2017 and later:
///
/// | the stores' SQL | T-SQL |
/// |---|---|
/// | `?1` | a place for its value |
/// | `key` | `[key]` |
/// | `INDEXED BY x`, `CROSS JOIN a ON`, `ORDER BY +x`: orders to SQLite's planner | `JOIN a ON`, `ORDER BY x` |
/// | `ORDER BY t.rowid`, `SELECT t.rowid`: the order in which rows came, which is not kept | `(SELECT NULL)`, `NULL` |
/// | `ORDER BY x DESC NULLS LAST`, `x ASC NULLS LAST` | `x DESC`, `CASE WHEN x IS NULL THEN 1 ELSE 0 END, x` |
/// | a condition as a term of `ORDER BY` | `CASE WHEN ... THEN 1 ELSE 0 END` |
/// | a term of `ORDER BY` that stood there before, which says nothing | left out: T-SQL refuses it |
/// | `LIMIT ?1` without order and offset | `SELECT TOP (?) ...` |
/// | `ORDER BY x LIMIT ?1 OFFSET ?2` | `ORDER BY x OFFSET ? ROWS FETCH NEXT ? ROWS ONLY` |
/// | `LIMIT ?1 OFFSET ?2` without an order | the same with `ORDER BY (SELECT NULL)` |
/// | `x LIKE ?1`, which minds case and has no escapes | the same on Unicode with a binary collation and `ESCAPE` |
/// | `x = ?1 COLLATE BINARY`, `x IN (?1,?2)`: equal to the letter | `(x = ? AND ...)`, where the first can use an index |
/// | | and the second compares code points, blanks at the end included |
/// | `= ANY(?1)` | `IN (SELECT v FROM OPENJSON(?) WITH ...)` |
/// | `(a, b) IN (SELECT * FROM unnest(?1, ?2))` | `EXISTS (SELECT 1 FROM OPENJSON(?) WITH ...)` |
/// | `INSERT INTO t(...) SELECT * FROM unnest(?1, ?2)` | the same from `OPENJSON` |
/// | `ON CONFLICT ...` | `MERGE ... WITH (HOLDLOCK)` |
/// | `RETURNING id` | `OUTPUT inserted.id` |
/// | `= TRUE`, `TRUE` as a condition | `= 1`, `1 = 1` |
/// | `CAST(x AS TEXT)`, `CAST(x AS INTEGER)` | `AS NVARCHAR(MAX)`, `AS BIGINT` |
/// | `length(x)`, `substr(x, 1, 2)`, `a || b` | `len(x)`, `substring(x, 1, 2)`, `a + b` |
/// | `'…'` | `N'…'` where it is not ASCII |
///
/// The rest means the same. A list is one parameter however long it is: SQL Server takes no more than 2,100,
/// and keeps a plan for each text.
// clang-format on
Template translate(std::string_view sql);

}  // namespace millrace::sql::mssql
