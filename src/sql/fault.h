#pragma once

#include <string>

#include "base/error.h"

namespace millrace::sql {

/// A fault that ended the transaction of a database on a server, whichever statement or task met it. SQLite,
/// where a statement can fail and its transaction go on, throws plain Errors.
class TransactionFault : public Error {
 public:
  enum class Kind {
    kLasting,  ///< The same statements would fail again.
    kPassing,  ///< Others were in the way or the connection broke; nothing was kept, and again may succeed.
    kUnknown,  ///< The connection broke during the commit: what was written may be kept or not.
  };
  TransactionFault(ErrorCode code, const std::string& message, Kind kind)
      : Error(code, message), kind_(kind) {}

  Kind kind() const noexcept { return kind_; }

 private:
  Kind kind_;
};

/// What those are told whose connection broke during the commit; `why` has no secrets.
inline TransactionFault unknown_outcome(const std::string& why) {
  return {ErrorCode::kTemporarilyUnavailable,
          "The connection to the database broke during a commit; look whether the change was kept before "
          "trying again. (" +
              why + ")",
          TransactionFault::Kind::kUnknown};
}

/// How often work is tried that ends in passing faults.
inline constexpr int kMostAttempts = 6;

}  // namespace millrace::sql
