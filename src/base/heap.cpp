#include "base/heap.h"

#include <malloc.h>

namespace millrace {

void keep_freed_memory() noexcept {
#ifdef M_TRIM_THRESHOLD
  mallopt(M_TRIM_THRESHOLD, 4 << 20);
  mallopt(M_MMAP_THRESHOLD, 2 << 20);
#endif
}

}  // namespace millrace
