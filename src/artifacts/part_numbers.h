#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace millrace::artifacts {

/// The limit of S3, which clients of multipart uploads keep to.
inline constexpr int64_t kMostParts = 10'000;

/// Throws INVALID_PARAMETER_VALUE unless there can be a part of that number.
inline void check_part_number(int64_t number) {
  if (number >= 1 && number <= kMostParts) return;
  throw_invalid_parameter("Part numbers are 1 to " + std::to_string(kMostParts) + ", not " +
                          std::to_string(number) + ".");
}

}  // namespace millrace::artifacts
