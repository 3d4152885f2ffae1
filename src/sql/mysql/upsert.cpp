#include "sql/mysql/upsert.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "sql/scanner.h"

namespace millrace::sql::mysql {
namespace {

constexpr std::string_view kExcluded = "excluded.";

std::string quoted(std::string_view column) {
  return "`" + std::string(column) + "`";
}

std::string new_value(std::string_view column) {
  return "VALUES(" + quoted(column) + ")";
}

[[noreturn]] void refuse(std::string_view clause) {
  throw Error(ErrorCode::kInternalError, "No words of MySQL are known for ON CONFLICT" + std::string(clause));
}

// The names behind each "excluded." in `text`.
std::vector<std::string_view> excluded_in(std::string_view text) {
  std::vector<std::string_view> names;
  for (size_t at = text.find(kExcluded); at != std::string_view::npos; at = text.find(kExcluded, at + 1))
    names.push_back(Scanner(text.substr(at + kExcluded.size())).word());
  return names;
}

// "INSERT INTO table(first, ..."
std::string_view first_column(std::string_view statement) {
  return Scanner(statement.substr(std::min(statement.size(), statement.find('(') + 1))).word();
}

// "(new a, new b) > (old a, old b)"
std::string comparison(const std::vector<std::string_view>& columns, std::string_view comparator) {
  std::string old_values;
  std::string new_values;
  for (const std::string_view column : columns) {
    if (!old_values.empty()) {
      old_values += ", ";
      new_values += ", ";
    }
    old_values += quoted(column);
    new_values += new_value(column);
  }
  return "(" + new_values + ")" + std::string(comparator) + "(" + old_values + ")";
}

std::string assignment(std::string_view column, const std::string& condition) {
  const std::string value = new_value(column);
  return quoted(column) + " = " +
         (condition.empty() ? value : "IF(" + condition + ", " + value + ", " + quoted(column) + ")");
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string assignments(const std::vector<std::string_view>& columns,
                        const std::vector<std::string_view>& tuple) {
  std::vector<std::string> all;
  const std::string greater = tuple.empty() ? "" : comparison(tuple, " > ");
  for (const std::string_view column : columns) {
    if (!contains(tuple, column)) all.push_back(assignment(column, greater));
  }
  for (auto column = tuple.rbegin(); column != tuple.rend(); ++column)
    all.push_back(assignment(*column, column == tuple.rbegin() ? greater : comparison(tuple, " >= ")));
  std::string text;
  for (const std::string& one : all) text += (text.empty() ? "" : ", ") + one;
  return text;
}

}  // namespace

std::string upsert(std::string_view statement, std::string_view clause) {
  std::string text = "ON DUPLICATE KEY UPDATE ";
  if (clause == " DO NOTHING") {
    const std::string column = quoted(first_column(statement));
    return text + column + " = " + column;
  }
  constexpr std::string_view kSet = "DO UPDATE SET ";
  const size_t set = clause.find(kSet);
  if (set == std::string_view::npos) refuse(clause);
  const std::string_view rest = clause.substr(set + kSet.size());
  const size_t where = std::min(rest.find(" WHERE "), rest.size());
  return text + assignments(excluded_in(rest.substr(0, where)), excluded_in(rest.substr(where)));
}

}  // namespace millrace::sql::mysql
