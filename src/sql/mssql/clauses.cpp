#include "sql/mssql/clauses.h"

#include <functional>

#include "sql/scanner.h"

namespace millrace::sql::mssql {
namespace {

// Calls `look` with each place outside of quotes and parentheses, until it says true or the piece ends; gives
// where that was.
size_t walk(std::string_view sql, const std::function<bool(size_t)>& look) {
  int depth = 0;
  for (Scanner scanner(sql); !scanner.done();) {
    const size_t at = sql.size() - scanner.rest().size();
    if (depth == 0 && look(at)) return at;
    if (scanner.at_quote()) {
      scanner.take_quoted();
    } else if (scanner.at_word()) {
      scanner.take_word();
    } else {
      const std::string_view sign = scanner.take(1);
      if (sign == "(") ++depth;
      if (sign == ")" && --depth < 0) return at;
    }
  }
  return sql.size();
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

size_t find_at_top(std::string_view sql, std::string_view word) {
  const size_t at = walk(sql, [&](size_t place) { return sql.substr(place).starts_with(word); });
  return sql.substr(at).starts_with(word) ? at : std::string_view::npos;
}

std::string_view up_to_closing(std::string_view sql) {
  return sql.substr(0, walk(sql, [](size_t) { return false; }));
}

std::vector<std::string_view> split_at_commas(std::string_view sql) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t comma = find_at_top(sql, ",");
    parts.push_back(trimmed(sql.substr(0, comma)));
    if (comma == std::string_view::npos) return parts;
    sql.remove_prefix(comma + 1);
  }
}

}  // namespace millrace::sql::mssql
