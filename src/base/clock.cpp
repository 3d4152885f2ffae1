#include "base/clock.h"

#include <chrono>

namespace millrace {

int64_t unix_millis() {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace millrace
