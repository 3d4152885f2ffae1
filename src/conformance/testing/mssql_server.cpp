#include "conformance/testing/mssql_server.h"

#include <functional>

#include "base/error.h"

namespace millrace::conformance::testing {

std::string mssql_database_of(const std::string& server, const std::string& folder) {
  const size_t query = server.find('?');
  const size_t slash = server.rfind('/', query);
  if (query == std::string::npos || slash == std::string::npos)
    throw Error(ErrorCode::kInternalError, "the URI of the server names no database and no driver");
  return server.substr(0, slash + 1) + "kit_" + std::to_string(std::hash<std::string>()(folder)) +
         server.substr(query);
}

}  // namespace millrace::conformance::testing
