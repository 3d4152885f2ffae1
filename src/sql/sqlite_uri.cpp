#include "sql/sqlite_uri.h"

#include "base/error.h"

namespace millrace::sql {

bool is_sqlite_uri(std::string_view uri) {
  return uri.starts_with("sqlite:") || uri.starts_with("sqlite+");
}

std::string sqlite_path(std::string_view uri) {
  const size_t colon = uri.find("://");
  if (colon == std::string_view::npos) {
    throw_invalid_parameter("The database URI '" + std::string(uri) +
                            "' lacks '://'; write sqlite:///path/to/file.db.");
  }
  std::string_view rest = uri.substr(colon + 3);
  rest = rest.substr(0, rest.find_first_of("?#"));
  if (rest.empty() || rest == "/" || rest == "/:memory:") {
    throw_invalid_parameter(
        "'" + std::string(uri) +
        "' is a database in memory, which would lose acknowledged runs; name a file as in "
        "sqlite:///mlflow.db.");
  }
  if (!rest.starts_with('/')) {
    throw_invalid_parameter("'" + std::string(uri) +
                            "' names a host; a file path takes three slashes: sqlite:///" +
                            std::string(rest));
  }
  return std::string(rest.substr(1));
}

}  // namespace millrace::sql
