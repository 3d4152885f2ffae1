#pragma once

#include <atomic>
#include <chrono>
#include <vector>

#include "wire/operation.h"

namespace millrace::server {

/// How long the calls of each operation took lately, which decides where the next one runs: on the I/O thread
/// that read the request, when it is over in less time than a hand-over to a worker costs, or on a worker.
/// Any thread.
class Pace {
 public:
  explicit Pace(const std::vector<wire::Operation>& operations)
      : operations_(operations), recent_(operations.size()) {
    // An operation has to earn its place on an I/O thread.
    for (auto& recent : recent_) recent.store(kBrief * 4, std::memory_order_relaxed);
  }

  bool is_brief(const wire::Operation& operation) const {
    return recent(operation).load(std::memory_order_relaxed) <= kBrief;
  }

  /// Notes the time from its making to its end, also of a call that fails: a fault may take long to show.
  class Watch {
   public:
    Watch(Pace& pace, const wire::Operation& operation) : pace_(pace), operation_(operation) {}
    ~Watch() { pace_.note(operation_, std::chrono::steady_clock::now() - begin_); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    Pace& pace_;
    const wire::Operation& operation_;
    const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  };

  /// A mean that fades: a call that was slow for its own sake counts for tens of calls, one that was merely
  /// interrupted for a few.
  void note(const wire::Operation& operation, std::chrono::nanoseconds time) {
    const double before = recent(operation).load(std::memory_order_relaxed);
    recent(operation).store(0.9 * before + 0.1 * static_cast<double>(time.count()),
                            std::memory_order_relaxed);
  }

 private:
  static constexpr double kBrief = 200'000;  ///< nanoseconds

  std::atomic<double>& recent(const wire::Operation& operation) const {
    return recent_[static_cast<size_t>(&operation - operations_.data())];
  }

  const std::vector<wire::Operation>& operations_;
  mutable std::vector<std::atomic<double>> recent_;
};

}  // namespace millrace::server
