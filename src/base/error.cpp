#include "base/error.h"

#include <array>

namespace millrace {
namespace {

struct CodeRow {
  ErrorCode code;
  std::string_view name;
  int status;
};

// Rows stand in the order of the enumeration, so that a code is its own index.
constexpr std::array<CodeRow, 16> kCodes{{
    {ErrorCode::kInternalError, "INTERNAL_ERROR", 500},
    {ErrorCode::kTemporarilyUnavailable, "TEMPORARILY_UNAVAILABLE", 503},
    {ErrorCode::kDeadlineExceeded, "DEADLINE_EXCEEDED", 504},
    {ErrorCode::kBadRequest, "BAD_REQUEST", 400},
    {ErrorCode::kInvalidParameterValue, "INVALID_PARAMETER_VALUE", 400},
    {ErrorCode::kEndpointNotFound, "ENDPOINT_NOT_FOUND", 404},
    {ErrorCode::kUnauthenticated, "UNAUTHENTICATED", 401},
    {ErrorCode::kPermissionDenied, "PERMISSION_DENIED", 403},
    {ErrorCode::kResourceDoesNotExist, "RESOURCE_DOES_NOT_EXIST", 404},
    {ErrorCode::kResourceAlreadyExists, "RESOURCE_ALREADY_EXISTS", 400},
    {ErrorCode::kResourceConflict, "RESOURCE_CONFLICT", 409},
    {ErrorCode::kInvalidState, "INVALID_STATE", 500},
    {ErrorCode::kNotImplemented, "NOT_IMPLEMENTED", 501},
    {ErrorCode::kResourceExhausted, "RESOURCE_EXHAUSTED", 429},
    {ErrorCode::kRequestLimitExceeded, "REQUEST_LIMIT_EXCEEDED", 429},
    {ErrorCode::kCancelled, "CANCELLED", 499},
}};

const CodeRow& row(ErrorCode code) {
  return kCodes.at(static_cast<size_t>(code));
}

}  // namespace

std::string_view error_code_name(ErrorCode code) {
  return row(code).name;
}

std::optional<ErrorCode> parse_error_code(std::string_view name) {
  for (const CodeRow& row : kCodes) {
    if (row.name == name) return row.code;
  }
  return std::nullopt;
}

int http_status(ErrorCode code) {
  return row(code).status;
}

void throw_invalid_parameter(const std::string& message) {
  throw Error(ErrorCode::kInvalidParameterValue, message);
}

void throw_not_found(const std::string& message) {
  throw Error(ErrorCode::kResourceDoesNotExist, message);
}

}  // namespace millrace
