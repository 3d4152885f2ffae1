#include <algorithm>
#include <semaphore>

#include "base/byte_stream.h"

namespace millrace {

size_t LiveSource::read(std::span<char> buffer) {
  while (pending_.empty()) {
    // Shared: the call may still be under way on its thread when the wait is over.
    const auto woken = std::make_shared<std::binary_semaphore>(0);
    when_ready([woken] { woken->release(); });
    woken->acquire();
    pending_ = take();
  }
  const size_t count = std::min(buffer.size(), pending_.size());
  std::copy_n(pending_.begin(), count, buffer.begin());
  pending_.erase(0, count);
  return count;
}

}  // namespace millrace
