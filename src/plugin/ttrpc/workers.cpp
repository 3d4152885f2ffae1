#include "plugin/ttrpc/workers.h"

#include <system_error>

namespace millrace::ttrpc {

Workers::Workers(const ServerOptions& options, std::function<void()> work)
    : options_(options), work_(std::move(work)) {}

Workers::~Workers() {
  join();
}

std::unique_ptr<ServerTask> Workers::admit(std::unique_ptr<ServerTask> task) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty() && begin()) return task;
    if (waiting_.size() < options_.waiting_calls &&
        waiting_bytes_ + task->bytes() <= options_.waiting_bytes) {
      waiting_bytes_ += task->bytes();
      waiting_.push_back(std::move(task));
      return nullptr;
    }
  }
  task->refuse({kUnavailable, "Too many calls wait for the server", {}});
  return nullptr;
}

std::unique_ptr<ServerTask> Workers::next_waiting() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty() || !begin()) return nullptr;
  std::unique_ptr<ServerTask> task = std::move(waiting_.front());
  waiting_.pop_front();
  waiting_bytes_ -= task->bytes();
  return task;
}

// The calling thread runs a handler when another thread is left to read. Where the system has no thread to
// give, the task waits like one over the limit.
bool Workers::begin() {
  const size_t threads = threads_.size() + 1;
  if (running_ + 1 >= threads) {
    if (threads >= options_.threads || joining_) return false;
    try {
      threads_.emplace_back(work_);
    } catch (const std::system_error& error) {
      options_.on_fault(std::string("No thread could be started: ") + error.what());
      return false;
    }
  }
  ++running_;
  return true;
}

void Workers::done() {
  const std::lock_guard lock(mutex_);
  --running_;
}

void Workers::add_readable(std::shared_ptr<ServerConnection> connection) {
  const std::lock_guard lock(mutex_);
  readable_.push_back(std::move(connection));
}

std::shared_ptr<ServerConnection> Workers::next_readable() {
  const std::lock_guard lock(mutex_);
  if (readable_.empty()) return nullptr;
  std::shared_ptr<ServerConnection> connection = std::move(readable_.front());
  readable_.pop_front();
  return connection;
}

void Workers::join() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    joining_ = true;
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace millrace::ttrpc
