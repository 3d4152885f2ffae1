#include "sql/odbc/library.h"

#include <dlfcn.h>

#include <array>

#include "base/error.h"
#include "sql/odbc/handles.h"

namespace millrace::sql::odbc {
namespace {

constexpr const char* kFile = "libodbc.so.2";

template <typename Function>
void find(void* file, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(file, name));
  if (function != nullptr) return;
  throw Error(ErrorCode::kInvalidState, std::string(kFile) + " has no function " + name +
                                            "; unixODBC 2.3 or later is needed (Debian's package unixodbc).");
}

Library load() {
  void* file = dlopen(kFile, RTLD_NOW | RTLD_LOCAL);
  if (file == nullptr) {
    throw Error(
        ErrorCode::kInvalidState,
        "SQL Server is reached through ODBC, but unixODBC is not installed on this machine: install it "
        "(Debian's package unixodbc) and a driver, such as Microsoft's msodbcsql18 or Debian's "
        "tdsodbc. (" +
            std::string(dlerror()) + ")");
  }
  Library library{};
  find(file, "SQLAllocHandle", library.alloc_handle);
  find(file, "SQLFreeHandle", library.free_handle);
  find(file, "SQLSetEnvAttr", library.set_environment);
  find(file, "SQLDrivers", library.drivers);
  find(file, "SQLDriverConnectW", library.connect);
  find(file, "SQLDisconnect", library.disconnect);
  find(file, "SQLSetConnectAttr", library.set_connection);
  find(file, "SQLGetConnectAttr", library.get_connection);
  find(file, "SQLEndTran", library.end_transaction);
  find(file, "SQLSetStmtAttr", library.set_statement);
  find(file, "SQLBindParameter", library.bind);
  find(file, "SQLExecDirectW", library.execute);
  find(file, "SQLNumResultCols", library.count_columns);
  find(file, "SQLDescribeColW", library.describe);
  find(file, "SQLFetch", library.fetch);
  find(file, "SQLGetData", library.get_data);
  find(file, "SQLRowCount", library.count_rows);
  find(file, "SQLMoreResults", library.more_results);
  find(file, "SQLFreeStmt", library.free_statement);
  find(file, "SQLGetDiagRecW", library.diagnose);
  return library;
}

}  // namespace

// Never unloaded: drivers may have threads of their own until the process ends.
const Library& library() {
  static const Library loaded = load();
  return loaded;
}

std::vector<std::string> installed_drivers() {
  const Handle environment = new_environment();
  std::vector<std::string> names;
  std::array<SQLCHAR, 512> name{};
  std::array<SQLCHAR, 4096> attributes{};
  SQLSMALLINT length = 0;
  SQLSMALLINT ignored = 0;
  SQLUSMALLINT which = SQL_FETCH_FIRST;
  while (SQL_SUCCEEDED(library().drivers(environment.get(), which, name.data(), name.size(), &length,
                                         attributes.data(), attributes.size(), &ignored))) {
    names.emplace_back(reinterpret_cast<const char*>(name.data()));
    which = SQL_FETCH_NEXT;
  }
  return names;
}

}  // namespace millrace::sql::odbc
