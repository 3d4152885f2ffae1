#pragma once

#include <string>

namespace millrace::conformance::testing {

/// The URI of a database that belongs to `folder`, at the server whose first database has the URI `server`;
/// tests/mssql makes such databases when they are first opened.
std::string mssql_database_of(const std::string& server, const std::string& folder);

}  // namespace millrace::conformance::testing
