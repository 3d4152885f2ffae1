#include "base/clock.h"

#include <chrono>

namespace millrace {
namespace {

template <typename Unit>
int64_t since_epoch() {
  return std::chrono::duration_cast<Unit>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

int64_t unix_millis() {
  return since_epoch<std::chrono::milliseconds>();
}

int64_t unix_nanos() {
  return since_epoch<std::chrono::nanoseconds>();
}

}  // namespace millrace
