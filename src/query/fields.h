#pragma once

#include <string>
#include <string_view>

#include "query/lexer.h"
#include "query/query.h"

namespace millrace::query {

/// What kind of value a field is compared with.
enum class ValueType { kNumber, kInteger, kText };

/// A name resolved: which field, and which values fit it.
struct Field {
  v1::FieldRef ref;
  ValueType type;
};

/// What a name is for: some attributes can be filtered by and not ordered by, others the other way round.
enum class FieldUse { kFilter, kOrder };

/// Resolves "metrics.loss", "params.`x y`", "start_time" and their aliases for the entity. Throws
/// INVALID_PARAMETER_VALUE for kinds and attributes that the entity has not.
Field resolve_field(Entity entity, FieldUse use, const Token& name, std::string_view text);

/// Throws INVALID_PARAMETER_VALUE when the comparator does not fit the field.
void check_comparator(Entity entity, const Field& field, v1::Comparator comparator, const Token& token,
                      std::string_view text);

}  // namespace millrace::query
