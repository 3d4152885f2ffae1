#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sql/remote.h"

struct sqlite3;
struct sqlite3_stmt;

namespace millrace::sql {

/// A prepared statement on loan from a Connection's cache; given back, reset and unbound, on destruction.
/// Positions of parameters count from 1, of columns from 0. Not for sharing between threads. SQLite's are
/// called directly, those of database servers through the driver's RemoteStatement: what SQLite does in
/// process is too short for a virtual call around each column, a journey to a server is not.
class Statement {
 public:
  explicit Statement(std::unique_ptr<RemoteStatement> remote) : remote_(std::move(remote)) {}
  /// `on_loan` is the cache's mark for it, set until this is destroyed; null for a statement that is not in
  /// the cache and ends with this.
  Statement(sqlite3* database, sqlite3_stmt* statement, bool* on_loan);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  Statement(Statement&& other) noexcept;

  /// The text must stay alive until the statement was stepped for the last time.
  Statement& bind(int position, std::string_view text);
  Statement& bind(int position, int64_t number);
  Statement& bind(int position, double number);
  Statement& bind_null(int position);
  /// For columns that are true or false, which SQLite keeps as numbers and others do not.
  Statement& bind_boolean(int position, bool value);

  /// Binds all values of a list at once, for `= ANY(?1)` and `unnest(?1, ?2)`. Remote databases only. The
  /// driver copies what it needs.
  Statement& bind_list(int position, std::span<const std::string_view> texts);
  Statement& bind_list(int position, std::span<const int64_t> numbers);
  Statement& bind_list(int position, std::span<const double> numbers);
  Statement& bind_booleans(int position, std::span<const char> values);

  /// Lets a server begin with a query whose rows are read later; queries are best sent all before the first
  /// is read. It may be destroyed unread.
  void send();
  /// True when there is a row to read. Throws Error on faults of the database.
  bool step();
  /// Steps to the end of a statement that has no rows of interest and makes it ready for the next binding.
  void run();
  void reset();

  bool is_null(int column) const;
  /// 0 for what is no number; booleans are 0 and 1.
  int64_t integer(int column) const;
  double real(int column) const;
  /// Valid until the next step.
  std::string_view text(int column) const;

 private:
  RemoteStatement& remote_of_list();

  sqlite3* database_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;  ///< null: remote
  bool* on_loan_ = nullptr;
  std::unique_ptr<RemoteStatement> remote_;
};

struct ConnectionOptions {
  bool read_only = false;
  bool immutable =
      false;  ///< With read_only: nobody changes the file, so that neither locks nor a WAL are looked at.
  bool create = false;  ///< Create the file when it is not there.
  std::chrono::milliseconds busy_timeout{10'000};
  int cache_kilobytes = 2048;
  const char* vfs = nullptr;  ///< Name of the file layer; null: the default. See coalescing_vfs().
};

/// One connection to an SQLite database, or to a server through a driver. One thread at a time. Faults are
/// thrown as Error: a lock held by another process beyond the busy time-out is TEMPORARILY_UNAVAILABLE, a
/// full disk RESOURCE_EXHAUSTED, a file that cannot be written PERMISSION_DENIED, the rest INTERNAL_ERROR.
/// Faults of a server that end its transaction are TransactionFaults.
class Connection {
 public:
  explicit Connection(std::unique_ptr<RemoteConnection> remote);
  Connection(const std::string& path, const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The statement for that text, from the cache when it was prepared before. `sql` is one statement.
  Statement prepare(std::string_view sql);
  /// Runs a script of statements.
  void execute(const std::string& script);

  /// A database server: each statement that is waited for costs a journey, so rows are best read and written
  /// by lists; plans are its own business.
  bool is_remote() const { return remote_ != nullptr; }
  /// A server that is sent one statement after another, whose answers are waited for together: what need not
  /// be known before the next statement is best asked in the same journey.
  bool is_pipelined() const { return remote_ && remote_->is_pipelined(); }
  /// Adds rows to a table in a way that takes the server less work than INSERT and some journeys more; false,
  /// and nothing done, where there is none. `target` is the table with its columns, "t(a, b)"; `columns` are
  /// as many and of one length. A row that is there already, or a server that does not know the way after
  /// all, ends the transaction with a passing fault: the next attempt should use INSERT.
  bool copy(std::string_view target, std::span<const Column> columns) {
    return remote_ && remote_->copy(target, columns);
  }
  /// Connects anew to a server that was away. Outside of transactions.
  void restore() {
    if (remote_) remote_->restore();
  }

  /// SQLite only: from now on "INDEXED BY millrace_...", an error where there is no such index, is left out.
  void ignore_index_orders() { index_orders_ = false; }

  /// Grows with each change since the connection was opened.
  int64_t total_changes() const;
  /// Rows changed by the last statement.
  int64_t changes() const;
  /// SQLite only; elsewhere INSERT ... RETURNING tells.
  int64_t last_insert_id() const;

  /// While `steps` virtual machine instructions are not used up, or the time that they are worth on a server,
  /// `action` runs as usual; then the running statement stops and false is returned. Lets a plan be tried
  /// that is good only if it is short. For actions that only read, within a transaction.
  bool run_within(int64_t steps, const std::function<void()>& action);

 private:
  struct CachedStatement;
  sqlite3* database_ = nullptr;
  /// Lets a text be looked up without a copy of it.
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, std::unique_ptr<CachedStatement>, TextHash, std::equal_to<>> statements_;
  std::unique_ptr<RemoteConnection> remote_;
  bool index_orders_ = true;

  friend class Transaction;
};

/// Begins a transaction and rolls it back on destruction unless it was committed.
class Transaction {
 public:
  enum class Kind { kRead, kWrite };
  Transaction(Connection& connection, Kind kind);
  ~Transaction();
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace millrace::sql
