#include "server/change_relay.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>

#include "base/error.h"
#include "sql/postgres/notifications.h"

namespace millrace::server {
namespace {

using sql::postgres::Notifications;
using std::chrono::milliseconds;

constexpr const char* kChannel = "millrace_changes";
constexpr milliseconds kPace{250};
constexpr milliseconds kIdle{60'000};
constexpr milliseconds kShortestPause{1'000};
constexpr milliseconds kLongestPause{30'000};

}  // namespace

ChangeRelay::ChangeRelay(std::string uri, std::function<void(const ChangeSet&)> take, Log& log)
    : uri_(std::move(uri)), take_(std::move(take)), log_(log), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!wake_.is_open()) throw Error(ErrorCode::kInternalError, "No descriptor is left for the relay.");
  thread_ = std::thread([this] { serve(); });
}

ChangeRelay::~ChangeRelay() {
  stopping_ = true;
  eventfd_write(wake_.get(), 1);
  thread_.join();
}

void ChangeRelay::send(const ChangeSet& changes) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = waiting_.empty();
    waiting_.add(changes);
  }
  if (was_empty) eventfd_write(wake_.get(), 1);
}

void ChangeRelay::serve() {
  for (milliseconds pause = kShortestPause; !stopping_; pause = std::min(pause * 2, kLongestPause)) {
    const auto start = Clock::now();
    try {
      connect_and_carry();
    } catch (const Error& fault) {
      if (fault.code() != ErrorCode::kTemporarilyUnavailable) {
        log_.warning("Pages are told of changes of this server only, not of others on the database: " +
                     std::string(fault.what()));
        return;
      }
    }
    if (Clock::now() - start > kLongestPause) pause = kShortestPause;
    sleep(pause);
  }
}

void ChangeRelay::connect_and_carry() {
  Notifications notifications(uri_, kChannel);
  ChangeSet everything;
  everything.add_everything();
  take_(everything);                     // what others sent before may have been missed
  if (was_connected_) send(everything);  // what was on its way may be lost
  was_connected_ = true;
  carry(notifications);
}

void ChangeRelay::carry(Notifications& notifications) {
  while (!stopping_) {
    for (const std::string& message : notifications.wait(wake_.get(), until_next()))
      take_(ChangeSet::from_message(message));
    drain();
    if (Clock::now() - sent_ >= kPace && send_waiting(notifications)) sent_ = Clock::now();
  }
}

bool ChangeRelay::send_waiting(Notifications& notifications) {
  ChangeSet changes;
  {
    const std::lock_guard lock(mutex_);
    std::swap(changes, waiting_);
  }
  if (changes.empty()) return false;
  notifications.send(changes.message(Notifications::kLongestMessage));
  return true;
}

// How long to wait for others before something has to be sent.
milliseconds ChangeRelay::until_next() const {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return kIdle;
  const auto left = std::chrono::duration_cast<milliseconds>(sent_ + kPace - Clock::now());
  return std::max(milliseconds(0), left + milliseconds(1));
}

void ChangeRelay::drain() {
  eventfd_t ignored = 0;
  eventfd_read(wake_.get(), &ignored);
}

void ChangeRelay::sleep(milliseconds time) {
  const auto end = Clock::now() + time;
  while (!stopping_ && Clock::now() < end) {
    pollfd wake{wake_.get(), POLLIN, 0};
    const auto left = std::chrono::duration_cast<milliseconds>(end - Clock::now());
    poll(&wake, 1, static_cast<int>(std::max<int64_t>(0, left.count())));
    if (!stopping_) drain();
  }
}

}  // namespace millrace::server
