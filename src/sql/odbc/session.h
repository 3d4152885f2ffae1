#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/secret.h"
#include "sql/odbc/faults.h"
#include "sql/odbc/values.h"

namespace millrace::sql::odbc {

/// What connecting through ODBC takes.
struct Target {
  Secret connection_string;     ///< see ConnectionString
  std::string label;            ///< "database 'runs' of 'db.example.com'"
  std::vector<Secret> secrets;  ///< what no message may have
  std::string driver;           ///< empty where a data source names it
  std::chrono::seconds login_timeout{10};
  std::chrono::seconds query_timeout{60};
};

/// What a statement gave.
struct Result {
  std::vector<Row> rows;
  int64_t changes = 0;  ///< rows that it changed
};

/// A connection through ODBC, which is always in a transaction: the first statement after a commit or
/// rollback begins it. One thread at a time. A connection that breaks is lost for good. Texts are UTF-8 here
/// and UTF-16 on their way.
class Session {
 public:
  /// Connects. Throws an Error that says what was wrong, without anything secret: PERMISSION_DENIED for a
  /// wrong user or password, INVALID_PARAMETER_VALUE for a database or driver that is not there, whose
  /// message lists those that are, INVALID_STATE without unixODBC, else TEMPORARILY_UNAVAILABLE.
  explicit Session(const Target& target);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Runs a statement whose values stand at its question marks. Of several statements, the rows of the last
  /// that has any; the first that fails throws.
  Result execute(const std::string& sql, const std::vector<Value>& values = {});
  /// Throws unknown_outcome() when the connection breaks meanwhile.
  void commit();
  void roll_back() noexcept;

  /// How long statements may take, in whole seconds, from one on; 0: as long as they like.
  void set_time_out(std::chrono::seconds time);
  /// Whether the connection can be used no more, as far as the driver knows.
  bool is_lost();
  /// Whether the last fault was a time-out.
  bool timed_out() const { return timed_out_; }

 private:
  void connect();
  Result execute_all(const std::string& sql, const std::vector<Value>& values);
  void take_result(Result& result);
  bool next_result();
  [[noreturn]] void fail(const OdbcFault& fault, bool committing);
  [[noreturn]] void fail_to_connect(const Diagnostic& diagnostic);

  const Target target_;
  const Parameters::Unlimited unlimited_;
  Handle environment_;
  Handle connection_;
  Handle statement_;
  std::chrono::seconds time_out_{0};
  bool connected_ = false;
  bool lost_ = false;
  bool timed_out_ = false;
};

}  // namespace millrace::sql::odbc
