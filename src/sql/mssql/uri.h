#pragma once

#include <string>
#include <string_view>

#include "sql/odbc/session.h"

namespace millrace::sql::mssql {

/// True for URIs of SQL Server databases: "mssql:", with or without a driver's name as in "mssql+pyodbc:" or
/// "mssql+pymssql:", which says nothing here.
bool is_mssql_uri(std::string_view uri);

/// Takes a SQLAlchemy URI apart, as its dialect for pyodbc does:
///
/// | form | |
/// |---|---|
/// | `mssql+pyodbc://user:password@host:1433/database?driver=name&option=value` | a server |
/// | `mssql+pyodbc://user:password@name`, `mssql+pyodbc:///?dsn=name` | a data source of odbc.ini |
/// | `mssql+pyodbc:///?odbc_connect=...` | a whole ODBC connection string, percent-encoded |
///
/// Options go to the driver as they are (`Encrypt`, `TrustServerCertificate`, ...), but for `login_timeout`
/// and `query_timeout`, seconds, and SQLAlchemy's own, which say nothing here. The driver is looked for in
/// odbcinst.ini where the URI names none: Microsoft's newest, else FreeTDS. In what comes of it no value of
/// the URI can begin an attribute of its own. Throws INVALID_PARAMETER_VALUE, whose message has nothing of
/// the URI that may be part of a password.
odbc::Target parse_uri(std::string_view uri);

}  // namespace millrace::sql::mssql
