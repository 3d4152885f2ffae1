#include "conformance/interruption.h"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace millrace::conformance {
namespace {

// What the writers have reached, for the one who waits to kill.
class Progress {
 public:
  void written() {
    const std::lock_guard lock(mutex_);
    ++written_;
    changed_.notify_all();
  }

  void ended(std::exception_ptr fault) {
    const std::lock_guard lock(mutex_);
    if (!killed_ && !fault_) fault_ = std::move(fault);
    changed_.notify_all();
  }

  // Returns when enough was written or a writer has met an error.
  void wait_until(int enough) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return written_ >= enough || fault_; });
  }

  // From now on errors are those of the kill. Throws what a writer met before.
  void begin_kill() {
    const std::lock_guard lock(mutex_);
    if (fault_) std::rethrow_exception(fault_);
    killed_ = true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int written_ = 0;
  bool killed_ = false;
  std::exception_ptr fault_;
};

void write_until_it_fails(const std::stop_token& stop, Progress& progress,
                          const std::function<void(int)>& write) {
  try {
    for (int count = 0; !stop.stop_requested(); ++count) {
      write(count);
      progress.written();
    }
  } catch (...) {
    progress.ended(std::current_exception());
  }
}

}  // namespace

void kill_in_mid_write(SubjectControls& subject, int writers, int enough,
                       const std::function<void(int writer, int count)>& write) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begin = Clock::now();
  Progress progress;
  std::vector<std::jthread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&, writer](const std::stop_token& stop) {
      write_until_it_fails(stop, progress, [&](int count) { write(writer, count); });
    });
  }
  progress.wait_until(enough);
  // Calls of one length keep in step, so that where one has returned the others have too: nothing would be
  // cut.
  const Clock::duration one_call = (Clock::now() - begin) * writers / enough;
  std::this_thread::sleep_for(one_call / 2);
  progress.begin_kill();
  subject.kill();
}

}  // namespace millrace::conformance
