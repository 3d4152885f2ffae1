#pragma once

#include <chrono>
#include <string>

namespace millrace {

/// What travels with every call beside its message: who asks, under which request id, until when.
/// Passed by const reference; the caller keeps it alive for the length of the call.
struct CallContext {
  using Clock = std::chrono::steady_clock;

  std::string request_id;  ///< Appears in the access log and in error answers.
  std::string principal;   ///< Name of the authenticated user; empty when no auth app is on.
  std::string base_url;    ///< Where the client reached us: "http://host:5000/prefix".
  Clock::time_point deadline = Clock::time_point::max();  ///< After this instant nobody waits for the answer.
};

}  // namespace millrace
