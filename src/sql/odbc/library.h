#pragma once

// unixODBC declares its own short names beside these, of which BOOL and INT stand in others' headers too.
#include <sql.h>
#include <sqlext.h>

#include <string>
#include <vector>

namespace millrace::sql::odbc {

/// The functions of unixODBC's driver manager that are used here, by ODBC's names. It is loaded when a
/// database is first opened through it: a server on another database needs neither the library nor the time
/// that loading takes.
struct Library {
  decltype(&::SQLAllocHandle) alloc_handle;
  decltype(&::SQLFreeHandle) free_handle;
  decltype(&::SQLSetEnvAttr) set_environment;
  decltype(&::SQLDrivers) drivers;
  decltype(&::SQLDriverConnectW) connect;
  decltype(&::SQLDisconnect) disconnect;
  decltype(&::SQLSetConnectAttr) set_connection;
  decltype(&::SQLGetConnectAttr) get_connection;
  decltype(&::SQLEndTran) end_transaction;
  decltype(&::SQLSetStmtAttr) set_statement;
  decltype(&::SQLBindParameter) bind;
  decltype(&::SQLExecDirectW) execute;
  decltype(&::SQLNumResultCols) count_columns;
  decltype(&::SQLDescribeColW) describe;
  decltype(&::SQLFetch) fetch;
  decltype(&::SQLGetData) get_data;
  decltype(&::SQLRowCount) count_rows;
  decltype(&::SQLMoreResults) more_results;
  decltype(&::SQLFreeStmt) free_statement;
  decltype(&::SQLGetDiagRecW) diagnose;
};

/// Loads unixODBC when called for the first time. Throws INVALID_STATE that names the missing package. Any
/// thread.
const Library& library();

/// The drivers that the machine's odbcinst.ini lists, in its order.
std::vector<std::string> installed_drivers();

}  // namespace millrace::sql::odbc
