#pragma once

#include <string_view>

#include "registry/stores/file/model_folder.h"
#include "sql/connection.h"

namespace millrace::registry::files {

/// Rows of a registered model in MLflow's schema, on any database. Within a transaction.
void insert_model(sql::Connection& connection, const ModelFiles& model);
void remove_model(sql::Connection& connection, std::string_view name);

}  // namespace millrace::registry::files
