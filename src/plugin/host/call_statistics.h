#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "plugin/channel.h"

namespace millrace::plugin {

/// Upper ends of the classes in which times of calls are counted, in seconds; what takes longer is in none.
inline constexpr std::array<double, 13> kCallSeconds{
    0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.01, 0.05, 0.25, 1, 10};

/// A snapshot of what was counted, exact for no instant.
struct CallCounts {
  int64_t calls = 0;           ///< that came to an end; of a stream its opening
  int64_t failures = 0;        ///< of them, those for which the plugin is to blame: answers of 500 and above
  int64_t in_flight = 0;       ///< begun and not ended
  int64_t open_instances = 0;  ///< channels that are open
  double seconds = 0;          ///< that all calls took
  std::array<int64_t, kCallSeconds.size()> by_time{};  ///< calls of each class alone
  std::string last_error;                              ///< of the last failure; empty when there was none
};

/// Counts the calls to one plugin. Any thread; costs two looks at the clock and a few atomic additions a
/// call.
class CallStatistics {
 public:
  CallCounts counts() const;

  void begin() { in_flight_.fetch_add(1, std::memory_order_relaxed); }
  void end(std::chrono::nanoseconds time);
  void note_failure(const std::string& message);
  void opened() { open_instances_.fetch_add(1, std::memory_order_relaxed); }
  void closed() { open_instances_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> calls_{0};
  std::atomic<int64_t> failures_{0};
  std::atomic<int64_t> in_flight_{0};
  std::atomic<int64_t> open_instances_{0};
  std::atomic<int64_t> nanoseconds_{0};
  std::array<std::atomic<int64_t>, kCallSeconds.size()> by_time_{};
  mutable std::mutex mutex_;
  std::string last_error_;
};

/// The same channel, its calls counted.
std::shared_ptr<Channel> counted(std::shared_ptr<Channel> channel,
                                 std::shared_ptr<CallStatistics> statistics);

}  // namespace millrace::plugin
