#pragma once

#include <string>

#include "sql/fault.h"

namespace millrace::sql::mysql {

/// What an error number of MariaDB or MySQL means to a caller, those of their client library included;
/// `detail` is the message.
TransactionFault fault_of(unsigned number, const std::string& detail);

/// Whether the connection can be used no more after that error.
bool ends_connection(unsigned number);
/// Whether a statement was stopped by its time-out.
bool is_time_out(unsigned number);

}  // namespace millrace::sql::mysql
