#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace millrace {

/// What went wrong, in the vocabulary of MLflow's REST API. Clients branch on the name and the
/// HTTP status, so the set and both mappings are part of the wire contract.
enum class ErrorCode {
  kInternalError,
  kTemporarilyUnavailable,
  kDeadlineExceeded,
  kBadRequest,
  kInvalidParameterValue,
  kEndpointNotFound,
  kUnauthenticated,
  kPermissionDenied,
  kResourceDoesNotExist,
  kResourceAlreadyExists,
  kResourceConflict,
  kInvalidState,
  kNotImplemented,
  kResourceExhausted,
  kRequestLimitExceeded,
  kCancelled,
};

/// The name a client sees in `error_code`, e.g. "RESOURCE_DOES_NOT_EXIST".
std::string_view error_code_name(ErrorCode code);

/// The code of that name; empty when there is none.
std::optional<ErrorCode> parse_error_code(std::string_view name);

/// The HTTP status an answer with this code carries, as the reference server maps it.
int http_status(ErrorCode code);

/// The one exception type of the project. Thrown where the fault is known, turned into an answer in
/// one place. `what()` is shown to the caller: it says what was wrong, where, and what to do, and
/// never contains a credential.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

  ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

/// Shorthands for the two most frequent faults.
[[noreturn]] void throw_invalid_parameter(const std::string& message);
[[noreturn]] void throw_not_found(const std::string& message);

}  // namespace millrace
