#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/fault.h"
#include "sql/postgres/uri.h"

namespace millrace::sql::postgres {

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;

/// The values of a statement, as text; none is NULL. A type of 0 is for the server to find out.
struct Parameters {
  std::vector<Oid> types;
  std::vector<std::optional<std::string>> values;
};

/// A statement that is prepared under a name, or will be when it is first sent; without a name it is prepared
/// each time.
struct Prepared {
  std::string name;
  std::string sql;
  bool sent = false;
};

/// Where the result of a statement is put that is waited for later.
struct Answer {
  Result result;
  bool arrived = false;
};

/// Connects by libpq; what came of it, PQstatus() tells. The caller ends it with PQfinish().
PGconn* open_connection(const Target& target);
/// The Error for a connection that was refused, without anything secret.
Error refusal_of(const PGconn* connection, const Target& target);

/// A connection to PostgreSQL in libpq's pipeline mode: statements are sent one after another, and their
/// results are waited for where somebody needs one. One thread at a time.
///
/// A statement that fails takes along those that were sent after it up to the next finish() or abandon(). A
/// connection that breaks, or does not answer for ten seconds beyond the session's statement_timeout, is lost
/// for good. The server's own statement_timeout is kept where one is set, else it is a minute.
class Session {
 public:
  /// Connects. Throws an Error that says what was wrong, without anything secret: PERMISSION_DENIED for a
  /// wrong user or password, INVALID_PARAMETER_VALUE for a database that is not there, INVALID_STATE for a
  /// server before PostgreSQL 12, else TEMPORARILY_UNAVAILABLE.
  explicit Session(const Target& target);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// The result goes to `answer` where there is one.
  void send(const std::shared_ptr<Prepared>& statement, const Parameters& parameters,
            std::shared_ptr<Answer> answer = nullptr);
  void send(const char* sql);
  /// Waits for what was sent. The result of the last statement; throws the first fault.
  Result finish();
  /// Waits until `answer` has arrived, and no longer, unless there was a fault, which is thrown.
  void await(const Answer& answer);
  /// The same as finish() for a commit that was sent last; when the connection breaks now, the outcome is not
  /// known. Throws too when the server rolled back instead.
  void finish_commit();
  /// Sends `sql` without waiting; neither its faults nor those of what was sent before are ever thrown.
  void abandon(const char* sql) noexcept;
  /// Runs a script of several statements outside of the pipeline.
  void execute(const std::string& script);
  /// Runs a COPY ... FROM STDIN that takes `rows`, behind what was sent and outside of the pipeline.
  void copy(const std::string& sql, std::string_view rows);

  /// Whether the connection can be used no more; looks whether the server has closed it.
  bool is_lost();
  size_t waiting() const { return expected_.size(); }
  /// SQLSTATE of the last fault that was thrown.
  const std::string& last_state() const { return last_state_; }

 private:
  struct Expected {
    enum class Kind { kPrepare, kQuery, kSync } kind;
    std::shared_ptr<Prepared> prepared;
    std::shared_ptr<Answer> answer;
    bool forgiven = false;
  };

  void check_version();
  void settle_time_out();
  void expect(int accepted, Expected expected);
  void expect_sync();
  Result collect(const Answer* until = nullptr);
  void take(Expected expected, Result result, Result& last, std::optional<TransactionFault>& fault);
  Result receive();
  void leave_pipeline();
  void enter_pipeline();
  void check(const Result& result);
  TransactionFault fault_in(const Result& result);
  void wait(std::chrono::steady_clock::time_point deadline);
  [[noreturn]] void lose(const std::string& why);
  std::string message() const;

  const Target target_;
  PGconn* connection_ = nullptr;
  std::deque<Expected> expected_;
  std::chrono::milliseconds patience_{70'000};
  std::string last_state_;
  bool lost_ = false;
  bool committing_ = false;
};

}  // namespace millrace::sql::postgres
