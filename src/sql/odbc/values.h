#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sql/odbc/handles.h"

namespace millrace::sql::odbc {

/// A value that goes to the database or comes from there: NULL, a bit, a number or a text in UTF-8.
using Value = std::variant<std::monostate, bool, int64_t, double, std::string>;

/// Values as the parameters of a statement, whose memory ODBC reads when the statement is run: this must live
/// until then. A text of ASCII goes as VARCHAR, so that an index on a VARCHAR column can find it, others as
/// NVARCHAR; each as long as the type can be, so that the length makes no plan of its own.
class Parameters {
 public:
  /// `unlimited` says how the driver is told of a text that is longer than these types: Microsoft's takes
  /// VARCHAR of length 0 for VARCHAR(MAX), for others it is LONGVARCHAR.
  enum class Unlimited { kByLengthZero, kByLongType };
  /// Throws when the driver refuses one.
  Parameters(const Handle& statement, const std::vector<Value>& values, Unlimited unlimited);

 private:
  struct Bound {
    int64_t number = 0;
    double real = 0;
    unsigned char bit = 0;
    std::basic_string<SQLWCHAR> wide;
    SQLLEN length = 0;
  };
  struct Type {
    SQLSMALLINT c_type;
    SQLSMALLINT sql_type;
    SQLULEN size;
    const void* data;
    SQLLEN length;
  };
  Type type_of(const Value& value, Bound& bound) const;
  Type type_of_text(const std::string& text, Bound& bound) const;

  const Unlimited unlimited_;
  std::vector<Bound> bound_;
};

/// The rows of a result, all in memory: a connection can do nothing else while rows wait in the server.
using Row = std::vector<Value>;

/// Reads the rows of the statement's current result.
std::vector<Row> read_rows(const Handle& statement, SQLSMALLINT columns);

/// Throws an OdbcFault unless the call went well.
void check(SQLRETURN returned, const Handle& handle);

/// What check() throws; Session turns it into what callers know.
struct OdbcFault {
  Diagnostic diagnostic;
};

}  // namespace millrace::sql::odbc
