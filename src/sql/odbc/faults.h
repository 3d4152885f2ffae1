#pragma once

#include "sql/fault.h"
#include "sql/odbc/handles.h"

namespace millrace::sql::odbc {

/// What a diagnostic means to a caller: by SQL Server's number where that is known, else by SQLSTATE.
/// `message` is the diagnostic's without secrets.
TransactionFault fault_of(const Diagnostic& diagnostic, const std::string& message);

/// Whether the connection can be used no more after that.
bool ends_connection(const Diagnostic& diagnostic);
/// Whether a statement was stopped by its time-out.
bool is_time_out(const Diagnostic& diagnostic);

}  // namespace millrace::sql::odbc
