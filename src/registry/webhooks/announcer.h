#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "registry/webhooks/deliverer.h"
#include "registry/webhooks/registry_event.h"
#include "registry/webhooks/subscribers.h"

namespace millrace::registry {

/// Makes deliveries of events: finds on a thread of its own who is told, so that the request that changed
/// something waits for nothing. Holds 10,000 events and 64 MiB; what comes beyond is dropped. Any thread.
class Announcer : public RegistryListener {
 public:
  /// All outlive it. `store` is asked whether a name is a prompt's.
  Announcer(RegistryStore& store, Subscribers& subscribers, Deliverer& deliverer, Log& log);
  /// Drops what is waiting.
  ~Announcer() override;

  void happened(RegistryEvent event) noexcept override;

  /// Ends the thread: when what is waiting was handed on, and soon after `deadline` at the latest.
  void stop(Deliverer::Clock::time_point deadline);

  struct Statistics {
    uint64_t dropped = 0;
    int64_t waiting = 0;
  };
  Statistics statistics() const;

 private:
  void work();
  void announce(const RegistryEvent& event);
  void tell_of(const v1::WebhookEvent& what, const RegistryEvent& event);
  bool is_anyone_told(const RegistryEvent& event);
  bool is_prompt(const RegistryEvent& event);

  RegistryStore& store_;
  Subscribers& subscribers_;
  Deliverer& deliverer_;
  Log& log_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<RegistryEvent> events_;
  size_t bytes_ = 0;
  uint64_t dropped_ = 0;
  bool full_ = false;  ///< the last event was dropped, which was logged
  bool stopping_ = false;
  Deliverer::Clock::time_point deadline_ = Deliverer::Clock::time_point::max();
  std::thread thread_;
};

}  // namespace millrace::registry
