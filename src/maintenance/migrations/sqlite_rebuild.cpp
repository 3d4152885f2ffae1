#include "maintenance/migrations/sqlite_rebuild.h"

#include <algorithm>

#include "base/error.h"

namespace millrace::maintenance {
namespace {

// Names that nobody has chosen before; it is gone when the transaction ends.
constexpr const char* kNew = "millrace_new_";

struct Column {
  std::string name;
  std::string type;
  bool is_generated = false;
};

std::string quoted(std::string_view name) {
  return quoted_name(name, Dialect::kSqlite);
}

std::vector<Column> columns_of(sql::Connection& connection, std::string_view table) {
  auto row = connection.prepare("SELECT name, type, hidden FROM pragma_table_xinfo(?1)");
  row.bind(1, table);
  std::vector<Column> columns;
  while (row.step())
    columns.push_back({std::string(row.text(0)), std::string(row.text(1)), row.integer(2) != 0});
  return columns;
}

// What has to be made again, because it ends with the table.
std::vector<std::string> belongings(sql::Connection& connection, std::string_view table) {
  auto row = connection.prepare(
      "SELECT sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND tbl_name = ?1 AND sql IS NOT "
      "NULL");
  row.bind(1, table);
  std::vector<std::string> texts;
  while (row.step()) texts.emplace_back(row.text(0));
  return texts;
}

const Column* find(const std::vector<Column>& columns, std::string_view name) {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const Column& one) { return one.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

// "new=old" turned around: what an old column is called now.
std::string new_name(const std::string& old, const std::string& renamed) {
  const size_t equals = renamed.find('=');
  if (equals != std::string::npos && renamed.substr(equals + 1) == old) return renamed.substr(0, equals);
  return old;
}

// Columns that MLflow takes out of a table.
bool is_dropped(std::string_view table, std::string_view column) {
  return table == "spans" && column == "dimension_attributes";
}

void make_new_table(sql::Connection& connection, const Action& rebuild) {
  const std::string head = "CREATE TABLE " + rebuild.table + "(";
  if (!rebuild.sql.starts_with(head))
    throw Error(ErrorCode::kInternalError, "The definition of " + rebuild.table + " cannot be read.");
  connection.execute("CREATE TABLE " + quoted(kNew + rebuild.table) + "(" + rebuild.sql.substr(head.size()));
}

int64_t copy_rows(sql::Connection& connection, const Action& rebuild) {
  const std::string target = kNew + rebuild.table;
  std::vector<Column> now = columns_of(connection, target);
  std::string into;
  std::string from;
  for (const Column& column : columns_of(connection, rebuild.table)) {
    const std::string name = new_name(column.name, rebuild.renamed);
    if (column.is_generated || is_dropped(rebuild.table, name)) continue;
    if (find(now, name) == nullptr)
      connection.execute("ALTER TABLE " + quoted(target) + " ADD COLUMN " + quoted(name) + " " + column.type);
    into += (into.empty() ? "" : ", ") + quoted(name);
    from += (from.empty() ? "" : ", ") + quoted(column.name);
  }
  connection.execute("INSERT INTO " + quoted(target) + " (" + into + ") SELECT " + from + " FROM " +
                     quoted(rebuild.table));
  return connection.changes();
}

}  // namespace

int64_t rebuild_table(sql::Connection& connection, const Action& rebuild) {
  const std::vector<std::string> kept = belongings(connection, rebuild.table);
  make_new_table(connection, rebuild);
  const int64_t rows = copy_rows(connection, rebuild);
  connection.execute("DROP TABLE " + quoted(rebuild.table));
  connection.execute("ALTER TABLE " + quoted(kNew + rebuild.table) + " RENAME TO " + quoted(rebuild.table));
  for (const std::string& text : kept) connection.execute(text);
  return rows;
}

}  // namespace millrace::maintenance
