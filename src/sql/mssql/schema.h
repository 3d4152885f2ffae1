#pragma once

#include <span>
#include <string_view>

namespace millrace::sql::mssql {

/// DDL of the schema of MLflow 3.17, from schema.sql.
std::string_view schema_script();
/// The trigger that belongs to it, which T-SQL wants sent by itself.
std::string_view schema_trigger();

struct Index {
  std::string_view table;
  std::string_view name;
  std::string_view columns;
};

/// Indexes that searches need beyond MLflow's own; their counterparts for SQLite say what for.
std::span<const Index> additive_indexes();

}  // namespace millrace::sql::mssql
