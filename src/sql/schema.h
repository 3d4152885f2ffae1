#pragma once

#include <span>
#include <string_view>

namespace millrace::sql {

/// DDL of the schema of MLflow 3.17, from schema.sql.
std::string_view schema_script();

/// CREATE INDEX IF NOT EXISTS statements that searches need beyond MLflow's own indexes.
std::span<const std::string_view> additive_indexes();

}  // namespace millrace::sql
