#pragma once

#include <span>
#include <vector>

#include "registry/stores/sql/rows.h"

namespace millrace::registry {

/// Adds tags, aliases and latest versions to models whose own rows are read, with a few statements for all of
/// them; for remote databases, where each statement is a journey.
void read_model_details_together(sql::Connection& connection, std::span<v1::RegisteredModel* const> models);

/// Adds tags to versions whose own rows are read, in the same way.
void read_version_tags_together(sql::Connection& connection, std::span<v1::ModelVersion* const> versions);

}  // namespace millrace::registry
