#include "sql/mssql/upsert.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/error.h"
#include "sql/mssql/clauses.h"
#include "sql/scanner.h"

namespace millrace::sql::mssql {
namespace {

using Names = std::vector<std::string_view>;

// What rows are the same by where the statement does not say: the primary keys of MLflow's schema.
struct Key {
  std::string_view table;
  std::string_view columns;
};
constexpr std::array<Key, 5> kKeys{{
    {"params", "key,run_uuid"},
    {"metrics", "key,timestamp,step,run_uuid,value,is_nan"},
    {"inputs", "source_type,source_id,destination_type,destination_id"},
    {"input_tags", "input_uuid,name"},
    {"logged_model_metrics", "model_id,metric_name,metric_timestamp_ms,metric_step,run_id"},
}};

[[noreturn]] void refuse(std::string_view what) {
  throw Error(ErrorCode::kInternalError, "No words of T-SQL are known for '" + std::string(what) + "'");
}

Names key_of(std::string_view table) {
  const auto* const known =
      std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& key) { return key.table == table; });
  if (known == kKeys.end()) refuse("ON CONFLICT of " + std::string(table));
  return split_at_commas(known->columns);
}

// The names behind each "excluded." in `text`.
Names excluded_in(std::string_view text) {
  constexpr std::string_view kExcluded = "excluded.";
  Names names;
  for (size_t at = text.find(kExcluded); at != std::string_view::npos; at = text.find(kExcluded, at + 1))
    names.push_back(Scanner(text.substr(at + kExcluded.size())).word());
  return names;
}

// Takes "(...)" off the scanner and gives what stands in it.
std::string_view take_parentheses(Scanner& sql) {
  if (!sql.skip("(")) refuse(sql.rest());
  const std::string_view inside = up_to_closing(sql.rest());
  sql.take(inside.size() + 1);
  return inside;
}

void take_conflict(Scanner& sql, Insertion& insertion) {
  insertion.conflict = true;
  insertion.key = sql.at("(") ? split_at_commas(take_parentheses(sql)) : key_of(insertion.table);
  if (sql.rest() == " DO NOTHING") return;
  if (!sql.skip(" DO UPDATE SET ")) refuse(sql.rest());
  const std::string_view rest = sql.rest();
  const size_t where = std::min(rest.find(" WHERE "), rest.size());
  insertion.updated = excluded_in(rest.substr(0, where));
  insertion.newer = excluded_in(rest.substr(where));
}

}  // namespace

std::optional<Insertion> parse_insertion(std::string_view statement) {
  Scanner sql(statement);
  if (!sql.skip("INSERT INTO ")) return std::nullopt;
  Insertion insertion;
  insertion.table = sql.take_word();
  if (!sql.at("(")) return std::nullopt;
  insertion.columns = split_at_commas(take_parentheses(sql));
  if (sql.skip(" VALUES")) {
    insertion.values = split_at_commas(take_parentheses(sql));
  } else if (sql.skip(" SELECT * FROM unnest")) {
    for (const std::string_view list : split_at_commas(take_parentheses(sql)))
      insertion.lists.push_back(Scanner(list).take_parameter());
  } else {
    return std::nullopt;
  }
  if (sql.skip(" RETURNING ")) {
    insertion.returning = sql.take_word();
  } else if (sql.skip(" ON CONFLICT")) {
    take_conflict(sql, insertion);
  } else if (!sql.done()) {
    refuse(sql.rest());
  }
  return insertion;
}

}  // namespace millrace::sql::mssql
