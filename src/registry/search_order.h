#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "millrace/v1/query.pb.h"
#include "query/query.h"

namespace millrace::registry {

/// A term of an ordering that searches end with, so that no two entities stand at one place.
struct TieBreaker {
  std::string_view attribute;
  bool descending;
};

/// What was asked for, then those tie-breakers that it does not speak of. Throws INVALID_PARAMETER_VALUE when
/// one field is named twice.
google::protobuf::RepeatedPtrField<v1::OrderBy> total_order(
    query::Entity entity, const google::protobuf::RepeatedPtrField<std::string>& order_by,
    std::initializer_list<TieBreaker> tie_breakers);

}  // namespace millrace::registry
