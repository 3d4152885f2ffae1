#include "sql/odbc/session.h"

#include <algorithm>

#include "sql/odbc/connection_string.h"
#include "sql/odbc/wide.h"
#include "sql/server_uri.h"

namespace millrace::sql::odbc {
namespace {

// ODBC takes numbers where it takes pointers.
SQLPOINTER as_pointer(uint64_t number) {
  return reinterpret_cast<SQLPOINTER>(static_cast<uintptr_t>(number));  // NOLINT
}

SQLPOINTER as_pointer(std::chrono::seconds time) {
  return as_pointer(static_cast<uint64_t>(time.count()));
}

Parameters::Unlimited unlimited_of(const Target& target) {
  const bool others = target.driver.find("FreeTDS") != std::string::npos ||
                      target.driver.find("SQL Server") == std::string::npos;
  return others ? Parameters::Unlimited::kByLongType : Parameters::Unlimited::kByLengthZero;
}

std::string list_of_drivers() {
  std::string list;
  for (const std::string& driver : installed_drivers()) list += (list.empty() ? "'" : "', '") + driver;
  return list.empty() ? "none" : list + "'";
}

void wipe(std::basic_string<SQLWCHAR>& text) {
  volatile SQLWCHAR* at = text.data();
  for (size_t i = 0; i < text.size(); ++i) at[i] = 0;
}

}  // namespace

Session::Session(const Target& target)
    : target_(target), unlimited_(unlimited_of(target)), environment_(new_environment()) {
  connection_ = Handle(SQL_HANDLE_DBC, environment_.get());
  connect();
  try {
    check(library().set_connection(connection_.get(), SQL_ATTR_AUTOCOMMIT, as_pointer(SQL_AUTOCOMMIT_OFF), 0),
          connection_);
    statement_ = Handle(SQL_HANDLE_STMT, connection_.get());
    set_time_out(target_.query_timeout);
  } catch (const OdbcFault& fault) {
    library().disconnect(connection_.get());
    fail_to_connect(fault.diagnostic);
  }
}

Session::~Session() {
  if (!connected_) return;
  if (!lost_) library().end_transaction(SQL_HANDLE_DBC, connection_.get(), SQL_ROLLBACK);
  statement_ = Handle();
  library().disconnect(connection_.get());
}

void Session::connect() {
  library().set_connection(connection_.get(), SQL_ATTR_LOGIN_TIMEOUT, as_pointer(target_.login_timeout), 0);
  std::basic_string<SQLWCHAR> text = wide_of(target_.connection_string.reveal());
  SQLSMALLINT ignored = 0;
  const SQLRETURN told =
      library().connect(connection_.get(), nullptr, text.data(), static_cast<SQLSMALLINT>(text.size()),
                        nullptr, 0, &ignored, SQL_DRIVER_NOPROMPT);
  wipe(text);
  if (!SQL_SUCCEEDED(told)) fail_to_connect(diagnostic_of(connection_));
  connected_ = true;
}

Result Session::execute(const std::string& sql, const std::vector<Value>& values) {
  try {
    return execute_all(sql, values);
  } catch (const OdbcFault& fault) {
    library().free_statement(statement_.get(), SQL_CLOSE);
    library().free_statement(statement_.get(), SQL_RESET_PARAMS);
    fail(fault, false);
  }
}

Result Session::execute_all(const std::string& sql, const std::vector<Value>& values) {
  if (lost_) throw OdbcFault{{"08003", 0, "it was lost before"}};
  const Parameters parameters(statement_, values, unlimited_);
  std::basic_string<SQLWCHAR> text = wide_of(sql);
  const SQLRETURN told =
      library().execute(statement_.get(), text.data(), static_cast<SQLINTEGER>(text.size()));
  if (told != SQL_NO_DATA) check(told, statement_);
  Result result;
  do {
    take_result(result);
  } while (next_result());
  library().free_statement(statement_.get(), SQL_CLOSE);
  library().free_statement(statement_.get(), SQL_RESET_PARAMS);
  return result;
}

void Session::take_result(Result& result) {
  SQLSMALLINT columns = 0;
  check(library().count_columns(statement_.get(), &columns), statement_);
  if (columns > 0) {
    result.rows = read_rows(statement_, columns);
    return;
  }
  SQLLEN rows = 0;
  check(library().count_rows(statement_.get(), &rows), statement_);
  if (rows >= 0) result.changes = rows;
}

// Some drivers give no more than one result and do not know the question.
bool Session::next_result() {
  const SQLRETURN told = library().more_results(statement_.get());
  if (told == SQL_NO_DATA) return false;
  if (SQL_SUCCEEDED(told)) return true;
  const Diagnostic diagnostic = diagnostic_of(statement_);
  if (diagnostic.state == "IM001" || diagnostic.state == "HYC00") return false;
  throw OdbcFault{diagnostic};
}

void Session::commit() {
  try {
    if (lost_) throw OdbcFault{{"08003", 0, "it was lost before"}};
    check(library().end_transaction(SQL_HANDLE_DBC, connection_.get(), SQL_COMMIT), connection_);
  } catch (const OdbcFault& fault) {
    fail(fault, !lost_);
  }
}

void Session::roll_back() noexcept {
  if (lost_) return;
  if (!SQL_SUCCEEDED(library().end_transaction(SQL_HANDLE_DBC, connection_.get(), SQL_ROLLBACK)))
    lost_ = true;
}

// A driver that cannot do it leaves it to the server.
void Session::set_time_out(std::chrono::seconds time) {
  if (time == time_out_) return;
  library().set_statement(statement_.get(), SQL_ATTR_QUERY_TIMEOUT, as_pointer(time), 0);
  time_out_ = time;
}

bool Session::is_lost() {
  if (lost_) return true;
  SQLUINTEGER dead = SQL_CD_FALSE;
  const SQLRETURN told =
      library().get_connection(connection_.get(), SQL_ATTR_CONNECTION_DEAD, &dead, sizeof dead, nullptr);
  lost_ = SQL_SUCCEEDED(told) && dead == SQL_CD_TRUE;
  return lost_;
}

void Session::fail(const OdbcFault& fault, bool committing) {
  const Diagnostic& diagnostic = fault.diagnostic;
  timed_out_ = is_time_out(diagnostic);
  const std::string message = without_secrets(diagnostic.message, target_.secrets);
  if (ends_connection(diagnostic)) lost_ = true;
  if (committing && lost_) throw unknown_outcome(message);
  throw fault_of(diagnostic, message);
}

void Session::fail_to_connect(const Diagnostic& diagnostic) {
  const std::string told = without_secrets(diagnostic.message, target_.secrets);
  const std::string message = "Cannot connect to the " + target_.label + ": " + told;
  if (diagnostic.state == "IM002" ||
      (diagnostic.state == "01000" && told.find("open lib") != std::string::npos)) {
    throw Error(ErrorCode::kInvalidParameterValue,
                message + ". Installed ODBC drivers: " + list_of_drivers() + ".");
  }
  const TransactionFault fault = fault_of(diagnostic, "");
  const bool known =
      fault.code() != ErrorCode::kInternalError && fault.code() != ErrorCode::kDeadlineExceeded;
  throw Error(known ? fault.code() : ErrorCode::kTemporarilyUnavailable, message);
}

}  // namespace millrace::sql::odbc
