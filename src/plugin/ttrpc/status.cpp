#include "plugin/ttrpc/status.h"

#include <algorithm>
#include <array>
#include <optional>

namespace millrace::ttrpc {
namespace {

struct CodeRow {
  int32_t grpc;
  ErrorCode code;
};

// How a code of gRPC without a detail is read.
constexpr std::array<CodeRow, 11> kFromGrpc{{
    {3, ErrorCode::kInvalidParameterValue},
    {4, ErrorCode::kTemporarilyUnavailable},
    {5, ErrorCode::kResourceDoesNotExist},
    {6, ErrorCode::kResourceAlreadyExists},
    {7, ErrorCode::kPermissionDenied},
    {8, ErrorCode::kResourceExhausted},
    {9, ErrorCode::kInvalidState},
    {10, ErrorCode::kResourceConflict},
    {12, ErrorCode::kNotImplemented},
    {14, ErrorCode::kTemporarilyUnavailable},
    {16, ErrorCode::kUnauthenticated},
}};

// How each code of Millrace is written.
constexpr std::array<CodeRow, 16> kToGrpc{{
    {13, ErrorCode::kInternalError},
    {14, ErrorCode::kTemporarilyUnavailable},
    {4, ErrorCode::kDeadlineExceeded},
    {3, ErrorCode::kBadRequest},
    {3, ErrorCode::kInvalidParameterValue},
    {5, ErrorCode::kEndpointNotFound},
    {16, ErrorCode::kUnauthenticated},
    {7, ErrorCode::kPermissionDenied},
    {5, ErrorCode::kResourceDoesNotExist},
    {6, ErrorCode::kResourceAlreadyExists},
    {10, ErrorCode::kResourceConflict},
    {9, ErrorCode::kInvalidState},
    {12, ErrorCode::kNotImplemented},
    {8, ErrorCode::kResourceExhausted},
    {8, ErrorCode::kRequestLimitExceeded},
    {1, ErrorCode::kCancelled},
}};

ErrorCode code_from_grpc(int32_t grpc) {
  const auto* row =
      std::find_if(kFromGrpc.begin(), kFromGrpc.end(), [&](const CodeRow& r) { return r.grpc == grpc; });
  return row == kFromGrpc.end() ? ErrorCode::kInternalError : row->code;
}

int32_t grpc_from_code(ErrorCode code) {
  const auto* row =
      std::find_if(kToGrpc.begin(), kToGrpc.end(), [&](const CodeRow& r) { return r.code == code; });
  return row == kToGrpc.end() ? kInternal : row->grpc;
}

}  // namespace

Status status_of(const Error& error) {
  Status status{grpc_from_code(error.code()), error.what(), {}};
  if (code_from_grpc(status.code) != error.code()) status.error_code = error_code_name(error.code());
  return status;
}

Status status_of(const std::exception_ptr& thrown) noexcept {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    return status_of(error);
  } catch (const std::exception& error) {
    return {kInternal, error.what(), {}};
  } catch (...) {
    return {kInternal, "The handler threw something that is not an exception", {}};
  }
}

Error error_of(const Status& status) {
  return {parse_error_code(status.error_code).value_or(code_from_grpc(status.code)), status.message};
}

}  // namespace millrace::ttrpc
