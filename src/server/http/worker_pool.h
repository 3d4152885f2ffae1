#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

namespace millrace::http {

/// Threads for calls that may block. A thread is started when a call finds none idle, up to the limit, and
/// ends when it had nothing to do for half a minute. The queue is bounded. Any thread may submit.
class WorkerPool {
 public:
  explicit WorkerPool(int most_threads) : most_threads_(most_threads) {}
  /// Runs what is queued, then returns.
  ~WorkerPool();

  /// False when too many calls are waiting already; `call` is not run then. `call` must not throw.
  bool submit(std::function<void()> call);

  int64_t queued() const;
  int64_t running() const { return running_.load(std::memory_order_relaxed); }
  int64_t threads() const;

 private:
  void work();

  const int most_threads_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable ended_;
  std::deque<std::function<void()>> queue_;
  int threads_ = 0;
  int idle_ = 0;
  bool stopping_ = false;
  std::atomic<int64_t> running_{0};
};

}  // namespace millrace::http
