#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <string>
#include <string_view>

#include "millrace/v1/query.pb.h"

namespace millrace::query {

/// What is searched; decides which names, comparators and values are allowed.
enum class Entity { kExperiment, kRun, kLoggedModel, kRegisteredModel, kModelVersion };

/// Parses the filter language of MLflow with OR and parentheses added (docs/query-language.md). An empty text
/// gives a filter that accepts everything. Names come back canonical: aliases are resolved. Throws
/// INVALID_PARAMETER_VALUE that tells the position (in characters, from 1) and what was expected there. Texts
/// over 64 KiB and parentheses nested over 64 deep are refused.
v1::Filter parse_filter(Entity entity, std::string_view text);

/// Parses one ordering term, "metrics.loss DESC".
v1::OrderBy parse_order_by(Entity entity, std::string_view text);

}  // namespace millrace::query
