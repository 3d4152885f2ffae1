#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/descriptor.h"
#include "base/log.h"
#include "server/change_set.h"

namespace millrace::sql::postgres {
class Notifications;
}

namespace millrace::server {

/// Carries what was changed among all servers on one PostgreSQL database, so that a page learns of what
/// another server than its own has written. Changes are gathered and sent at most four times a second, on a
/// thread and a connection of its own: no request waits for it.
///
/// A connection that breaks is made anew, at most every second; what happened meanwhile, and before the first
/// one was made, is told as everything. Where the database has no LISTEN and NOTIFY, the log says so and
/// nothing is carried.
class ChangeRelay {
 public:
  /// `take` hears of what others sent, on the relay's thread. The log outlives this.
  ChangeRelay(std::string uri, std::function<void(const ChangeSet&)> take, Log& log);
  ~ChangeRelay();

  /// Takes note of what is to be sent. Any thread; does not block.
  void send(const ChangeSet& changes);

 private:
  using Clock = std::chrono::steady_clock;

  void serve();
  void connect_and_carry();
  void carry(sql::postgres::Notifications& notifications);
  bool send_waiting(sql::postgres::Notifications& notifications);
  std::chrono::milliseconds until_next() const;
  void drain();
  void sleep(std::chrono::milliseconds time);

  const std::string uri_;
  const std::function<void(const ChangeSet&)> take_;
  Log& log_;
  const Descriptor wake_;  ///< an eventfd: something waits, or the end has come
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  ChangeSet waiting_;
  Clock::time_point sent_{};    // the relay's thread
  bool was_connected_ = false;  // the relay's thread
  std::thread thread_;
};

}  // namespace millrace::server
