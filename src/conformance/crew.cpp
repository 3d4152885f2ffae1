#include "conformance/crew.h"

#include <exception>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

namespace millrace::conformance {

void all_at_once(int size, const std::function<void(int)>& work) {
  std::latch start(size);
  std::mutex mutex;
  std::exception_ptr first_fault;
  std::vector<std::jthread> crew;
  for (int number = 0; number < size; ++number) {
    crew.emplace_back([&, number] {
      start.arrive_and_wait();
      try {
        work(number);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!first_fault) first_fault = std::current_exception();
      }
    });
  }
  crew.clear();
  if (first_fault) std::rethrow_exception(first_fault);
}

}  // namespace millrace::conformance
