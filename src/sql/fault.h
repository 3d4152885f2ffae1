#pragma once

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

/// How often work is tried that ends in passing faults.
inline constexpr int kMostAttempts = 6;

}  // namespace millrace::sql
