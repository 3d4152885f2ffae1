#include "base/side_by_side.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace millrace {
namespace {

using Clock = std::chrono::steady_clock;

/// A thread is there in some 50 us.
constexpr std::chrono::milliseconds kWorthThreads{2};
constexpr size_t kMostThreads = 4;

class Crew {
 public:
  Crew(size_t count, size_t threads, const std::function<void(const NextNumber&)>& work)
      : count_(count), threads_(threads), work_(work) {}

  void run() {
    const Clock::time_point begin = Clock::now();
    attempt([&] {
      if (helpers_.empty() && Clock::now() - begin > kWorthThreads) call_helpers();
      return next();
    });
    helpers_.clear();
    if (fault_) std::rethrow_exception(fault_);
  }

 private:
  std::optional<size_t> next() {
    if (failed_) return std::nullopt;
    const size_t number = taken_++;
    return number < count_ ? std::optional(number) : std::nullopt;
  }

  void call_helpers() {
    const size_t taken = std::min<size_t>(taken_, count_);
    // The next one is this thread's own.
    const size_t left = count_ - taken;
    try {
      for (size_t i = 1; i < std::min(threads_, left); ++i)
        helpers_.emplace_back([this] { attempt([this] { return next(); }); });
    } catch (const std::system_error&) {
      threads_ = 1;  // The machine gives no more of them: those that are there suffice.
    }
  }

  void attempt(const NextNumber& next) {
    try {
      work_(next);
    } catch (...) {
      failed_ = true;
      const std::lock_guard lock(mutex_);
      if (!fault_) fault_ = std::current_exception();
    }
  }

  const size_t count_;
  size_t threads_;
  const std::function<void(const NextNumber&)>& work_;
  std::atomic<size_t> taken_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::exception_ptr fault_;
  std::vector<std::jthread> helpers_;
};

}  // namespace

void side_by_side(size_t count, size_t threads, const std::function<void(const NextNumber&)>& work) {
  Crew(count, threads, work).run();
}

size_t threads_of_one_request() {
  return std::clamp<size_t>(std::thread::hardware_concurrency(), 1, kMostThreads);
}

}  // namespace millrace
