#include "plugin/ttrpc/status.h"

#include <doctest/doctest.h>

#include "plugin/ttrpc/envelope.h"

using namespace millrace::ttrpc;
using millrace::Error;
using millrace::ErrorCode;

TEST_CASE("every error comes back from the wire as it went in") {
  for (int i = 0; i <= static_cast<int>(ErrorCode::kCancelled); ++i) {
    const Error error(static_cast<ErrorCode>(i), "what happened");
    const Error back = error_of(decode_response(encode_error_response(status_of(error))).status);
    CHECK(back.code() == error.code());
    CHECK(std::string(back.what()) == "what happened");
  }
}

TEST_CASE("a code of gRPC alone is read by the table") {
  const auto code_of = [](int32_t grpc) { return error_of({grpc, "", ""}).code(); };
  CHECK(code_of(3) == ErrorCode::kInvalidParameterValue);
  CHECK(code_of(4) == ErrorCode::kTemporarilyUnavailable);
  CHECK(code_of(5) == ErrorCode::kResourceDoesNotExist);
  CHECK(code_of(6) == ErrorCode::kResourceAlreadyExists);
  CHECK(code_of(7) == ErrorCode::kPermissionDenied);
  CHECK(code_of(8) == ErrorCode::kResourceExhausted);
  CHECK(code_of(9) == ErrorCode::kInvalidState);
  CHECK(code_of(10) == ErrorCode::kResourceConflict);
  CHECK(code_of(12) == ErrorCode::kNotImplemented);
  CHECK(code_of(14) == ErrorCode::kTemporarilyUnavailable);
  CHECK(code_of(16) == ErrorCode::kUnauthenticated);
  CHECK(code_of(2) == ErrorCode::kInternalError);
  CHECK(code_of(99) == ErrorCode::kInternalError);
}

TEST_CASE("the named error code wins over the code of gRPC, unless nobody knows it") {
  CHECK(error_of({3, "", "BAD_REQUEST"}).code() == ErrorCode::kBadRequest);
  CHECK(error_of({5, "", "SOMETHING_NEW"}).code() == ErrorCode::kResourceDoesNotExist);
}

TEST_CASE("the error code is only named where the code of gRPC says less") {
  CHECK(status_of(Error(ErrorCode::kResourceDoesNotExist, "")).error_code.empty());
  CHECK(status_of(Error(ErrorCode::kEndpointNotFound, "")).error_code == "ENDPOINT_NOT_FOUND");
}

TEST_CASE("whatever a handler throws becomes a status") {
  const Status status = status_of(std::make_exception_ptr(std::runtime_error("disk on fire")));
  CHECK(status.code == kInternal);
  CHECK(status.message == "disk on fire");
  CHECK(status_of(std::make_exception_ptr(3)).code == kInternal);
}
