#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "base/error.h"
#include "wire/json_text.h"

namespace millrace::wire {

/// Writes `message` in MLflow's JSON dialect: names as in the contract, 64-bit integers as numbers, fields
/// that are set printed even when zero, absent fields and empty lists left out, enums by name, NaN and the
/// infinities as the strings "NaN", "Infinity" and "-Infinity", doubles in the shortest form that reads back
/// to the same value.
std::string write_json(const google::protobuf::Message& message);
void append_json(const google::protobuf::Message& message, std::string& out);

/// The body of an error answer: error_code, message and request_id.
std::string error_body(const Error& error, std::string_view request_id);

}  // namespace millrace::wire
