#pragma once

#include <string>
#include <string_view>

#include "sql/connection.h"

namespace millrace::sql {

/// The schema revision of MLflow 3.17 that the stores know.
inline constexpr const char* kSchemaRevision = "dc11669786a5";

/// Throws INVALID_STATE unless the database has that revision. `label` names the database: "database 'x'".
void refuse_other_revision(Connection& connection, const std::string& label);

/// For databases that have tables of MLflow without a revision. Throws INVALID_STATE.
[[noreturn]] void refuse_unversioned_tables(const std::string& label);

/// Makes the experiment "Default" with id 0, which clients expect in every database, where there are none;
/// nothing with an empty root.
void create_default_experiment(Connection& connection, std::string_view artifact_root);

}  // namespace millrace::sql
