#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millrace::sql::mysql {

/// A part of a statement: words of the database's own, or a place for values.
struct Piece {
  enum class Kind {
    kText,         ///< `text` as it is
    kValue,        ///< the value of a parameter
    kPattern,      ///< the value as a pattern of LIKE, whose escape character kEscape stands twice
    kValues,       ///< all values of a list, with commas between
    kTuples,       ///< the values of `lists` lists from `parameter` on, row by row in parentheses
    kInsertedRows  ///< the same as rows that INSERT takes
  };
  Kind kind = Kind::kText;
  std::string text{};
  int parameter = 0;  ///< counts from 1
  int lists = 0;
};

/// A statement of the stores in the database's words.
struct Template {
  std::vector<Piece> pieces;
  int parameters = 0;
  bool reads = false;  ///< changes nothing
  /// Asks for the number that the row got: a second statement, whose row is the result.
  bool returns_id = false;
};

/// What LIKE takes for an escape character, because none at all cannot be said.
inline constexpr char kEscape = '|';

/// Puts a statement of the stores into words that MariaDB and MySQL know:
///
/// | the stores' SQL | here |
/// |---|---|
/// | `?1` | a place for its value |
/// | `key` | `` `key` `` |
/// | `INDEXED BY x`, `CROSS JOIN a ON`, `ORDER BY +x`: orders to SQLite's planner | `JOIN a ON`, `ORDER BY x`
/// | | `ORDER BY t.rowid`: the order in which rows came, which is not kept | `ORDER BY NULL` | | `ORDER BY x
/// DESC NULLS LAST`, `x ASC NULLS LAST` | `x DESC`, `x IS NULL, x ASC` | | `x LIKE ?1`, which minds case and
/// has no escapes | `x LIKE ... COLLATE utf8mb4_bin ESCAPE '|'` | | `x = ?1 COLLATE BINARY`: equal to the
/// letter | `(x = ... AND x = ... COLLATE utf8mb4_bin)`, where only the first can use an index | | `x IN
/// (?1,?2)`: equal to one of them, to the letter | the same with IN | | `= ANY(?1)` | `IN (...)` | | `IN
/// (SELECT * FROM unnest(?1, ?2))` | `IN ((...),(...))` | | `INSERT INTO t(...) SELECT * FROM unnest(?1, ?2)`
/// | `INSERT INTO t(...) VALUES (...),(...)` | | `ON CONFLICT DO NOTHING` | `ON DUPLICATE KEY UPDATE` that
/// changes nothing | | `ON CONFLICT(...) DO UPDATE SET a = excluded.a` | `ON DUPLICATE KEY UPDATE a =
/// VALUES(a)` | | the same with `WHERE (excluded.a, excluded.b) > (t.a, t.b)` | the same with `IF` in each
/// assignment | | `RETURNING id` of a number that the database gives | `SELECT LAST_INSERT_ID()` after it |
/// | `CAST(x AS TEXT)`, `CAST(x AS INTEGER)`, `length(x)` | `AS CHAR`, `AS SIGNED`, `char_length(x)` |
///
/// The rest means the same, with the session's settings (Session). Texts in quotes are left alone.
Template translate(std::string_view sql);

}  // namespace millrace::sql::mysql
