#pragma once

#include <cstdint>
#include <exception>
#include <string>

#include "base/error.h"

namespace millrace::ttrpc {

/// Codes of gRPC that this library itself answers with.
enum GrpcCode : int32_t {
  kOk = 0,
  kInvalidArgument = 3,
  kGrpcDeadlineExceeded = 4,
  kGrpcResourceExhausted = 8,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
};

/// google.rpc.Status with the one detail that Millrace knows: millrace.v1.plugin.Fault{string error_code =
/// 1}, the name of an error code of MLflow, which wins over the gRPC code.
struct Status {
  int32_t code = kOk;
  std::string message;
  std::string error_code;  ///< Empty where the gRPC code says it all.

  bool ok() const { return code == kOk; }
};

/// An error of Millrace as a status: gRPC's nearest code, and the detail where that code alone would be read
/// back as another error.
Status status_of(const Error& error);

/// The same for whatever a handler threw; what is not an Error becomes INTERNAL with its message.
Status status_of(const std::exception_ptr& thrown) noexcept;

/// A status other than OK as an error of Millrace. A code without an equivalent becomes INTERNAL_ERROR.
Error error_of(const Status& status);

}  // namespace millrace::ttrpc
