#include "base/error.h"

#include <doctest/doctest.h>

using millrace::Error;
using millrace::ErrorCode;

TEST_CASE("a code has the name and the status that clients expect") {
  CHECK(millrace::error_code_name(ErrorCode::kResourceDoesNotExist) == "RESOURCE_DOES_NOT_EXIST");
  CHECK(millrace::http_status(ErrorCode::kResourceDoesNotExist) == 404);
  CHECK(millrace::http_status(ErrorCode::kInvalidParameterValue) == 400);
  CHECK(millrace::http_status(ErrorCode::kTemporarilyUnavailable) == 503);
  CHECK(millrace::error_code_name(ErrorCode::kCancelled) == "CANCELLED");
}

TEST_CASE("an error keeps its code and its message") {
  try {
    millrace::throw_not_found("No run 'x'");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kResourceDoesNotExist);
    CHECK(std::string(error.what()) == "No run 'x'");
  }
}
