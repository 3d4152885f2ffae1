#pragma once

#include <utility>

#include "base/error.h"

namespace millrace::tracking {

/// Stores refuse writes to what is deleted with INVALID_STATE; clients of the reference expect
/// INVALID_PARAMETER_VALUE with the same message.
template <typename Call>
auto refusing_deleted(Call call) {
  try {
    return call();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidState) throw;
    throw Error(ErrorCode::kInvalidParameterValue, error.what());
  }
}

}  // namespace millrace::tracking
