#pragma once

#include <cstdint>

namespace millrace {

/// Milliseconds since the Unix epoch: the unit of every time in the contract.
int64_t unix_millis();

}  // namespace millrace
