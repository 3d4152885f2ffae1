#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "sql/connection.h"
#include "sql/fault.h"

namespace millrace::sql {

/// A bounded pool of read connections, opened when first needed. Any thread.
class ReaderPool {
 public:
  using Open = std::function<std::unique_ptr<Connection>()>;
  ReaderPool(Open open, size_t most) : open_(std::move(open)), most_(most) {}

  /// A connection on loan; given back on destruction.
  class Lease {
   public:
    Lease(ReaderPool& pool, std::unique_ptr<Connection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    ~Lease() { pool_.give_back(std::move(connection_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Connection& operator*() const { return *connection_; }

   private:
    ReaderPool& pool_;
    std::unique_ptr<Connection> connection_;
  };

  /// Waits while all connections are on loan.
  Lease lease();

  /// Runs `query` on one snapshot of the database. When the connection to a server broke, it is run again on
  /// a new one, so it must change nothing but its result.
  template <typename Query>
  auto read(Query query) {
    const Lease reader = lease();
    for (int attempt = 1;; ++attempt) {
      try {
        (*reader).restore();
        Transaction snapshot(*reader, Transaction::Kind::kRead);
        return query(*reader);
      } catch (const TransactionFault& fault) {
        if (fault.kind() != TransactionFault::Kind::kPassing || attempt == kMostAttempts) throw;
      }
    }
  }

 private:
  friend class Lease;
  void give_back(std::unique_ptr<Connection> connection);

  Open open_;
  size_t most_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  size_t opened_ = 0;
};

}  // namespace millrace::sql
