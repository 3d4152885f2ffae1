#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace millrace::sql {

/// The values of a column, one of each row; chars are true or false.
using Column = std::variant<std::span<const std::string_view>, std::span<const int64_t>,
                            std::span<const double>, std::span<const char>>;

/// What a driver of a database server provides behind Statement; see there for what the functions do. A
/// driver keeps copies of what is bound until it is bound anew. One thread at a time.
class RemoteStatement {
 public:
  virtual ~RemoteStatement() = default;

  virtual void bind(int position, std::string_view text) = 0;
  virtual void bind(int position, int64_t number) = 0;
  virtual void bind(int position, double number) = 0;
  virtual void bind_boolean(int position, bool value) = 0;
  virtual void bind_null(int position) = 0;
  virtual void bind_list(int position, std::span<const std::string_view> texts) = 0;
  virtual void bind_list(int position, std::span<const int64_t> numbers) = 0;
  virtual void bind_list(int position, std::span<const double> numbers) = 0;
  virtual void bind_booleans(int position, std::span<const char> values) = 0;

  /// Sends a query without waiting, so that others can be sent too before the first step. Does nothing where
  /// the driver has no such way: step() sends then.
  virtual void send() {}
  virtual bool step() = 0;
  /// May send the statement without waiting for its end: a fault is then thrown by a later call on the
  /// connection, at the commit at the latest, as TransactionFault.
  virtual void run() = 0;
  virtual void reset() = 0;

  virtual bool is_null(int column) const = 0;
  virtual int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
};

/// What a driver of a database server provides behind Connection. Statements come in the SQL that the stores
/// are written in (CONTRIBUTING.md, "Databases"); the driver puts them into its database's own words, once
/// for each text. One thread at a time. Faults of the database within a transaction are TransactionFaults.
class RemoteConnection {
 public:
  virtual ~RemoteConnection() = default;

  /// Statements must be gone before the connection.
  virtual std::unique_ptr<RemoteStatement> prepare(std::string_view sql) = 0;
  /// A script in the database's own words.
  virtual void execute(const std::string& script) = 0;

  virtual void begin_read() = 0;
  virtual void begin_write() = 0;
  virtual void commit() = 0;
  /// Never throws; a connection that broke is restored later.
  virtual void rollback() noexcept = 0;

  /// Whether queries, too, can be sent without waiting, so that a whole transaction takes one journey.
  virtual bool is_pipelined() const { return false; }

  /// Within a transaction; see Connection.
  virtual bool copy(std::string_view /*target*/, std::span<const Column> /*columns*/) { return false; }

  virtual int64_t total_changes() const = 0;
  virtual int64_t changes() = 0;

  /// Within a transaction that only reads: false when `action` was stopped because it took longer.
  virtual bool run_within(std::chrono::milliseconds time, const std::function<void()>& action) = 0;

  /// Connects anew when the connection has broken since. Outside of transactions. Throws
  /// TEMPORARILY_UNAVAILABLE while the database cannot be reached.
  virtual void restore() = 0;
};

}  // namespace millrace::sql
