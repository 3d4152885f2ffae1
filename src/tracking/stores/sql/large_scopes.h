#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>

#include "millrace/v1/plugin/tracking_store.pb.h"

namespace millrace::tracking {

/// Which scopes of searches, experiments and stages of life, had many runs a moment ago, so that they are not
/// counted before each search. One that has shrunk meanwhile is searched as well, only not by the best way.
/// Any thread.
class LargeScopes {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kLifetime{60};

  bool contains(const v1::plugin::RunQuery& query, Clock::time_point now = Clock::now()) const;
  void add(const v1::plugin::RunQuery& query, Clock::time_point now = Clock::now());

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Clock::time_point> counted_;
};

}  // namespace millrace::tracking
