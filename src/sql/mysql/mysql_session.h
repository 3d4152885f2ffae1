#pragma once

#include <mysql.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sql/fault.h"
#include "sql/mysql/uri.h"

namespace millrace::sql::mysql {

struct FreeResult {
  void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
};
using Rows = std::unique_ptr<MYSQL_RES, FreeResult>;

/// What the last statement of some gave.
struct Outcome {
  Rows rows;            ///< null: none
  int64_t changes = 0;  ///< rows that it changed
};

/// A connection to MariaDB or MySQL. Statements are gathered and sent together where somebody needs a result,
/// which saves journeys; the server runs them in turn up to the first that fails. One thread at a time. A
/// connection that breaks, or does not answer in time, is lost for good.
///
/// The session is strict, takes `||` for what SQL says and gives a row the number 0 that is told to; its
/// time-out for statements (MariaDB: max_statement_time, MySQL: max_execution_time, which bounds reads only)
/// is the server's own where one is set, else a minute, and ten seconds later it counts as gone.
class Session {
 public:
  enum class Patience {
    kUsual,
    kEndless,  ///< no time-outs, for what takes as long as there are rows
  };

  /// Connects. Throws an Error that says what was wrong, without anything secret: PERMISSION_DENIED for a
  /// wrong user or password, INVALID_PARAMETER_VALUE for a database that is not there, INVALID_STATE for a
  /// server that is too old, else TEMPORARILY_UNAVAILABLE.
  Session(const Target& target, Patience patience);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Adds a statement to those that are to be sent. Throws when it is too long for the server ever to take.
  void add(std::string_view sql);
  /// Sends what was added and waits. The outcome of the last statement; throws the first fault.
  Outcome finish();
  /// The same with a commit at the end; when the connection breaks now, the outcome is not known.
  void finish_commit();
  /// Forgets what was added and ends the transaction, without waiting. Its faults are never thrown.
  void roll_back() noexcept;

  /// Whether the connection can be used no more; looks whether the server has closed it.
  bool is_lost();
  /// Error number of the last fault that was thrown.
  unsigned last_error() const { return last_error_; }
  /// What sets the time-out of statements to so many milliseconds, 0: to what the session began with.
  std::string set_time_out(std::chrono::milliseconds time) const;

 private:
  void connect(Patience patience);
  void set_options(Patience patience);
  void set_tls();
  void settle(Patience patience);
  void check_version();
  void await_rollback();
  Outcome send_and_wait();
  [[noreturn]] void fail(size_t statement);
  [[noreturn]] void fail_to_connect();
  std::string message() const;

  const Target target_;
  MYSQL* connection_ = nullptr;
  std::string waiting_;
  size_t statements_ = 0;  ///< in `waiting_`
  size_t longest_ = 0;     ///< bytes that the server takes at once
  std::chrono::milliseconds time_out_{60'000};
  unsigned last_error_ = 0;
  bool maria_ = false;
  bool rolling_back_ = false;  ///< the answer to a ROLLBACK has not been read
  bool lost_ = false;
  bool committing_ = false;
};

}  // namespace millrace::sql::mysql
