#include "server/http/worker_pool.h"

#include <thread>

namespace millrace::http {
namespace {

constexpr size_t kLongestQueue = 20'000;
constexpr std::chrono::seconds kIdleTime{30};

}  // namespace

WorkerPool::~WorkerPool() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  wake_.notify_all();
  ended_.wait(lock, [this] { return threads_ == 0; });
}

bool WorkerPool::submit(std::function<void()> call) {
  bool start = false;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= kLongestQueue) return false;
    queue_.push_back(std::move(call));
    start = static_cast<int>(queue_.size()) > idle_ && threads_ < most_threads_;
    if (start) ++threads_;
  }
  if (start) {
    // Threads end by themselves and the destructor waits for them, so none has to be joined.
    std::thread([this] { work(); }).detach();
  } else {
    wake_.notify_one();
  }
  return true;
}

void WorkerPool::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (queue_.empty()) {
      ++idle_;
      const bool woken = wake_.wait_for(lock, kIdleTime, [this] { return stopping_ || !queue_.empty(); });
      --idle_;
      if (queue_.empty() && (!woken || stopping_)) break;
    }
    std::function<void()> call = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    running_.fetch_add(1, std::memory_order_relaxed);
    call();
    call = nullptr;
    running_.fetch_sub(1, std::memory_order_relaxed);
    lock.lock();
  }
  // Under the lock up to the end: the destructor must not go on while this thread still touches the pool.
  --threads_;
  ended_.notify_all();
}

int64_t WorkerPool::queued() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int64_t>(queue_.size());
}

int64_t WorkerPool::threads() const {
  const std::lock_guard lock(mutex_);
  return threads_;
}

}  // namespace millrace::http
