#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace millrace::tracking {

inline constexpr int64_t kDefaultPage = 1000;
inline constexpr int64_t kLargestPage = 50'000;

/// Throws INVALID_PARAMETER_VALUE unless 1 <= limit <= largest.
inline void check_page_limit(int64_t limit, int64_t largest = kLargestPage) {
  const std::string start =
      "Invalid value " + std::to_string(limit) + " for parameter 'max_results' supplied. It must be ";
  if (limit < 1) throw_invalid_parameter(start + "a positive integer");
  if (limit > largest) throw_invalid_parameter(start + "at most " + std::to_string(largest));
}

}  // namespace millrace::tracking
