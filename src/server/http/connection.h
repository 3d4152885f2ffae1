#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <unordered_set>

namespace millrace::http {

/// The part of a connection that the watch sees: when it has to be closed, and whether it serves a request.
/// All members may be called from any thread.
class Connection {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  virtual ~Connection() = default;

  /// Closes the socket on the connection's own I/O thread; what waits there then fails.
  virtual void close() = 0;

  void expire_after(std::chrono::milliseconds time) {
    deadline_.store(now() + time.count(), std::memory_order_relaxed);
  }
  void never_expire() { deadline_.store(kNever, std::memory_order_relaxed); }
  bool expired() const { return deadline_.load(std::memory_order_relaxed) <= now(); }

  /// Idle: between two requests, with nothing of the next one read.
  void set_idle(bool idle) { idle_.store(idle); }
  bool idle() const { return idle_.load(); }

 private:
  static int64_t now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch()).count();
  }

  std::atomic<int64_t> deadline_{kNever};
  std::atomic<bool> idle_{false};
};

/// All open connections of a server. Any thread.
class ConnectionSet {
 public:
  void add(Connection& connection) {
    const std::lock_guard lock(mutex_);
    connections_.insert(&connection);
  }
  /// Called by the connection itself before it is destroyed.
  void remove(Connection& connection) {
    const std::lock_guard lock(mutex_);
    connections_.erase(&connection);
  }
  int64_t size() const {
    const std::lock_guard lock(mutex_);
    return static_cast<int64_t>(connections_.size());
  }
  /// Closes every connection for which `chosen` says so.
  template <typename Chosen>
  void close_if(Chosen chosen) {
    const std::lock_guard lock(mutex_);
    for (Connection* connection : connections_) {
      if (chosen(*connection)) connection->close();
    }
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_set<Connection*> connections_;
};

}  // namespace millrace::http
