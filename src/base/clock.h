#pragma once

#include <cstdint>

namespace millrace {

/// Milliseconds since the Unix epoch: the unit of every time in the contract.
int64_t unix_millis();

/// Nanoseconds since the Unix epoch, to be compared with the times of files.
int64_t unix_nanos();

}  // namespace millrace
