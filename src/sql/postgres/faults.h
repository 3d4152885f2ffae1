#pragma once

#include <string>
#include <string_view>

#include "sql/fault.h"

namespace millrace::sql::postgres {

/// What a SQLSTATE of PostgreSQL (its manual, appendix A) means to a caller; `detail` is the server's
/// message.
TransactionFault fault_of(std::string_view sqlstate, const std::string& detail);

/// SQLSTATE of a statement that was stopped, by its time-out for one.
inline constexpr std::string_view kCancelled = "57014";

}  // namespace millrace::sql::postgres
