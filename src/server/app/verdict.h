#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "access/policy.h"
#include "base/error.h"

namespace millrace::server {

/// What an auth app said of who asks, or why it could not. A value.
struct Verdict {
  std::shared_ptr<const access::Identity> who;   ///< null: the request is refused
  ErrorCode code = ErrorCode::kUnauthenticated;  ///< of a refusal
  std::string message;                           ///< of a refusal, for the client
  std::vector<std::string> challenges;           ///< values of WWW-Authenticate; of a 401
  std::chrono::seconds kept_for{0};              ///< how long it may be kept
};

using SharedVerdict = std::shared_ptr<const Verdict>;

}  // namespace millrace::server
