#pragma once

#include <span>
#include <string_view>

namespace millrace::sql::postgres {

/// DDL of the schema of MLflow 3.17, from schema.sql.
std::string_view schema_script();

struct Index {
  std::string_view name;
  std::string_view definition;  ///< what follows the name in CREATE INDEX
};

/// Indexes that searches need beyond MLflow's own; their counterparts for SQLite say what for.
std::span<const Index> additive_indexes();

}  // namespace millrace::sql::postgres
