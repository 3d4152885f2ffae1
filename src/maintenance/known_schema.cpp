#include "maintenance/known_schema.h"

#include "sql/schema.h"

namespace millrace::maintenance {
namespace {

const char* columns_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::kSqlite:
      return "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = "
             "'table' AND m.name NOT LIKE 'sqlite_%'";
    case Dialect::kPostgres:
      return "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE "
             "c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 "
             "AND "
             "NOT a.attisdropped";
    case Dialect::kMysql:
      return "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE()";
  }
  return "";
}

const char* indexes_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::kSqlite:
      return "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";
    case Dialect::kPostgres:
      return "SELECT t.relname, i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN "
             "pg_class "
             "t ON t.oid = x.indrelid WHERE t.relnamespace = current_schema()::regnamespace AND NOT EXISTS "
             "(SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid AND c.contype IN ('p', 'u'))";
    case Dialect::kMysql:
      return "SELECT DISTINCT table_name, index_name FROM information_schema.statistics WHERE table_schema = "
             "DATABASE() AND index_name <> 'PRIMARY'";
  }
  return "";
}

std::vector<Reference> references_of(sql::Connection& connection) {
  auto row = connection.prepare(
      "SELECT m.name, f.id, f.\"from\", f.\"table\", f.\"to\" FROM sqlite_master m JOIN "
      "pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq");
  std::vector<Reference> references;
  int64_t last = -1;
  while (row.step()) {
    const std::string table(row.text(0));
    if (references.empty() || references.back().table != table || last != row.integer(1))
      references.push_back({table, {}, std::string(row.text(3)), {}});
    last = row.integer(1);
    references.back().columns.emplace_back(row.text(2));
    references.back().other_columns.emplace_back(row.text(4));
  }
  return references;
}

}  // namespace

SchemaNames schema_of(Session& session) {
  SchemaNames names;
  auto column = session.connection->prepare(columns_of(session.dialect));
  while (column.step()) names.columns[std::string(column.text(0))].emplace(column.text(1));
  auto index = session.connection->prepare(indexes_of(session.dialect));
  while (index.step()) names.indexes[std::string(index.text(1))] = std::string(index.text(0));
  return names;
}

SchemaNames known_schema() {
  sql::ConnectionOptions options;
  options.create = true;
  Session memory{Dialect::kSqlite, "memory", std::make_unique<sql::Connection>(":memory:", options)};
  memory.connection->execute(std::string(sql::schema_script()));
  SchemaNames names = schema_of(memory);
  names.references = references_of(*memory.connection);
  return names;
}

}  // namespace millrace::maintenance
