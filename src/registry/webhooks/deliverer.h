#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "registry/webhooks/delivery.h"

namespace millrace::registry {

struct DeliveryStatistics {
  uint64_t delivered = 0;  ///< receivers that answered 2xx
  uint64_t failed = 0;     ///< given up: refused, or all attempts made
  uint64_t dropped = 0;    ///< never made: the queue was full, or the server stopped
  uint64_t retries = 0;    ///< attempts after the first
  int64_t waiting = 0;     ///< in the queue now
  int64_t under_way = 0;
};

/// Sends deliveries on threads of its own, as many at once as the settings say; each is started when there is
/// something to do for it. What fails for a reason that may pass is tried again: after a second, two, four
/// and so on, a minute at most, and a part of a second by chance, or after what the receiver asks for in
/// Retry-After. Waiting takes no thread. The queue holds 10,000 deliveries and 64 MiB of payloads; what comes
/// beyond is dropped. Any thread may add. Logs ids of webhooks and names of events, never addresses, payloads
/// and secrets.
class Deliverer {
 public:
  using Clock = std::chrono::steady_clock;

  /// All outlive it.
  Deliverer(const WebhookSettings& settings, const SecretBox& secrets, HttpPost& post, Log& log);
  /// Drops what is waiting.
  ~Deliverer();

  /// Does not wait. After stop() everything is dropped.
  void add(Delivery delivery);

  /// Forgets what is waiting for a webhook that is to be told of nothing any more, and does not try again
  /// what is under way.
  void cancel(const std::string& webhook_id);

  /// Ends the threads: at once when nothing is left, otherwise when what is waiting was sent, and at
  /// `deadline` at the latest. Retries that are due after it are not waited for. What is dropped is logged.
  void stop(Clock::time_point deadline);

  DeliveryStatistics statistics() const;

 private:
  using Waiting = std::multimap<Clock::time_point, Delivery>;  // by when they are due

  void work();
  void attempt_first(std::unique_lock<std::mutex>& lock);
  void settle(Delivery delivery, const PostAnswer& answer);
  void retry(Delivery delivery, const PostAnswer& answer);
  Clock::duration pause_after(const Delivery& delivery, const PostAnswer& answer);
  bool is_settled() const { return waiting_.empty() && under_way_ == 0; }
  Waiting::iterator drop(Waiting::iterator place, const char* reason);
  Waiting::iterator take_out(Waiting::iterator place);
  void note_drop(const Delivery& delivery, const char* reason);
  void start_thread_if_needed();

  const WebhookSettings& settings_;
  const SecretBox& secrets_;
  HttpPost& post_;
  Log& log_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable settled_;
  Waiting waiting_;
  size_t waiting_bytes_ = 0;
  int under_way_ = 0;
  std::set<std::string> cancelled_;  ///< webhooks; forgotten once nothing is under way
  int idle_ = 0;
  bool stopping_ = false;
  bool full_ = false;          ///< the last delivery was dropped, which was logged
  uint64_t drops_logged_ = 0;  ///< at the stop
  Clock::time_point deadline_ = Clock::time_point::max();
  DeliveryStatistics counts_;
  std::minstd_rand chance_{std::random_device{}()};
  std::vector<std::thread> threads_;
};

}  // namespace millrace::registry
