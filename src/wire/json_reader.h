#pragma once

#include <google/protobuf/message.h>

#include <string_view>

namespace millrace::wire {

/// Reads a JSON body in MLflow's dialect into `message`, which must be empty: field names as in the contract
/// or in camelCase, int64 from numbers or strings, doubles from numbers or strings, "NaN" and the
/// infinities as strings or bare words (as Python writes them), enums by name or number, null as absent,
/// unknown members ignored, an empty body as {}. Throws INVALID_PARAMETER_VALUE that names the parameter,
/// its value and its type when a value does not fit, BAD_REQUEST-like faults of syntax likewise.
void read_json(std::string_view body, google::protobuf::Message& message);

/// Reads "a=1&b=x&b=y" into the fields of those names; parameters without a field are ignored. Throws
/// INVALID_PARAMETER_VALUE when a value does not fit.
void read_query(std::string_view query, google::protobuf::Message& message);

/// Sets one scalar field from text, as a path segment or a query parameter gives it; appends when it is
/// repeated.
void read_text(std::string_view name, std::string_view text, google::protobuf::Message& message);

/// Throws INVALID_PARAMETER_VALUE for the first field with the option (required) that is absent or an empty
/// string.
void check_required(const google::protobuf::Message& message);

}  // namespace millrace::wire
