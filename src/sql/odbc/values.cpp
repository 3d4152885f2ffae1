#include "sql/odbc/values.h"

#include <algorithm>
#include <array>

#include "sql/odbc/wide.h"

namespace millrace::sql::odbc {
namespace {

// What VARCHAR and NVARCHAR of SQL Server can have at most, in their own units.
constexpr size_t kLongestNarrow = 8000;
constexpr size_t kLongestWide = 4000;

enum class Reading { kInteger, kReal, kText };

Reading reading_of(SQLSMALLINT type) {
  switch (type) {
    case SQL_BIT:
    case SQL_TINYINT:
    case SQL_SMALLINT:
    case SQL_INTEGER:
    case SQL_BIGINT:
      return Reading::kInteger;
    case SQL_REAL:
    case SQL_FLOAT:
    case SQL_DOUBLE:
      return Reading::kReal;
    default:
      return Reading::kText;
  }
}

class RowReader {
 public:
  RowReader(const Handle& statement, SQLSMALLINT columns) : statement_(statement) {
    for (SQLSMALLINT column = 1; column <= columns; ++column) readings_.push_back(describe(column));
  }

  // Columns are read once and in their order, which is all that some drivers can.
  Row read() {
    Row row;
    row.reserve(readings_.size());
    for (const Reading reading : readings_)
      row.push_back(read(static_cast<SQLUSMALLINT>(row.size() + 1), reading));
    return row;
  }

 private:
  Reading describe(SQLSMALLINT column) const {
    SQLSMALLINT ignored = 0;
    SQLSMALLINT type = 0;
    SQLULEN size = 0;
    check(library().describe(statement_.get(), static_cast<SQLUSMALLINT>(column), nullptr, 0, &ignored, &type,
                             &size, &ignored, &ignored),
          statement_);
    return reading_of(type);
  }

  Value read(SQLUSMALLINT column, Reading reading) {
    if (reading == Reading::kInteger) return read_number<int64_t>(column, SQL_C_SBIGINT);
    if (reading == Reading::kReal) return read_number<double>(column, SQL_C_DOUBLE);
    return read_text(column);
  }

  template <typename Number>
  Value read_number(SQLUSMALLINT column, SQLSMALLINT type) {
    Number number{};
    SQLLEN length = 0;
    check(library().get_data(statement_.get(), column, type, &number, sizeof number, &length), statement_);
    if (length == SQL_NULL_DATA) return {};
    return number;
  }

  // A text that is longer than the buffer comes in pieces, each with a zero behind it.
  Value read_text(SQLUSMALLINT column) {
    wide_.clear();
    for (;;) {
      SQLLEN length = 0;
      const SQLRETURN told =
          library().get_data(statement_.get(), column, SQL_C_WCHAR, buffer_.data(),
                             static_cast<SQLLEN>(buffer_.size() * sizeof(SQLWCHAR)), &length);
      if (told == SQL_NO_DATA) break;
      check(told, statement_);
      if (length == SQL_NULL_DATA) return {};
      constexpr size_t kMost = kBuffer - 1;
      const bool whole = told == SQL_SUCCESS && length != SQL_NO_TOTAL;
      const size_t units = whole ? static_cast<size_t>(length) / sizeof(SQLWCHAR) : kMost;
      wide_.append(buffer_.data(), std::min(units, kMost));
      if (whole && units <= kMost) break;
    }
    return utf8_of(wide_.data(), wide_.size());
  }

  static constexpr size_t kBuffer = 8192;
  const Handle& statement_;
  std::vector<Reading> readings_;
  std::array<SQLWCHAR, kBuffer> buffer_{};
  std::basic_string<SQLWCHAR> wide_;
};

}  // namespace

void check(SQLRETURN returned, const Handle& handle) {
  if (!SQL_SUCCEEDED(returned)) throw OdbcFault{diagnostic_of(handle)};
}

Parameters::Parameters(const Handle& statement, const std::vector<Value>& values, Unlimited unlimited)
    : unlimited_(unlimited), bound_(values.size()) {
  for (size_t i = 0; i < values.size(); ++i) {
    const Type type = type_of(values[i], bound_[i]);
    bound_[i].length = type.length;
    check(library().bind(statement.get(), static_cast<SQLUSMALLINT>(i + 1), SQL_PARAM_INPUT, type.c_type,
                         type.sql_type, type.size, 0, const_cast<void*>(type.data),
                         std::max<SQLLEN>(type.length, 0), &bound_[i].length),
          statement);
  }
}

Parameters::Type Parameters::type_of(const Value& value, Bound& bound) const {
  if (const auto* bit = std::get_if<bool>(&value)) {
    bound.bit = *bit ? 1 : 0;
    return {SQL_C_BIT, SQL_BIT, 1, &bound.bit, 1};
  }
  if (const auto* number = std::get_if<int64_t>(&value)) {
    bound.number = *number;
    return {SQL_C_SBIGINT, SQL_BIGINT, 19, &bound.number, sizeof bound.number};
  }
  if (const auto* real = std::get_if<double>(&value)) {
    bound.real = *real;
    return {SQL_C_DOUBLE, SQL_DOUBLE, 15, &bound.real, sizeof bound.real};
  }
  if (const auto* text = std::get_if<std::string>(&value)) return type_of_text(*text, bound);
  return {SQL_C_CHAR, SQL_VARCHAR, 1, nullptr, SQL_NULL_DATA};
}

Parameters::Type Parameters::type_of_text(const std::string& text, Bound& bound) const {
  const bool by_zero = unlimited_ == Unlimited::kByLengthZero;
  if (is_ascii(text)) {
    const auto length = static_cast<SQLLEN>(text.size());
    if (text.size() <= kLongestNarrow) return {SQL_C_CHAR, SQL_VARCHAR, kLongestNarrow, text.data(), length};
    const auto size = by_zero ? SQLULEN{0} : static_cast<SQLULEN>(length);
    return {SQL_C_CHAR, static_cast<SQLSMALLINT>(by_zero ? SQL_VARCHAR : SQL_LONGVARCHAR), size, text.data(),
            length};
  }
  bound.wide = wide_of(text);
  const auto bytes = static_cast<SQLLEN>(bound.wide.size() * sizeof(SQLWCHAR));
  if (bound.wide.size() <= kLongestWide)
    return {SQL_C_WCHAR, SQL_WVARCHAR, kLongestWide, bound.wide.data(), bytes};
  const auto size = by_zero ? SQLULEN{0} : static_cast<SQLULEN>(bound.wide.size());
  return {SQL_C_WCHAR, static_cast<SQLSMALLINT>(by_zero ? SQL_WVARCHAR : SQL_WLONGVARCHAR), size,
          bound.wide.data(), bytes};
}

std::vector<Row> read_rows(const Handle& statement, SQLSMALLINT columns) {
  RowReader reader(statement, columns);
  std::vector<Row> rows;
  for (;;) {
    const SQLRETURN told = library().fetch(statement.get());
    if (told == SQL_NO_DATA) return rows;
    check(told, statement);
    rows.push_back(reader.read());
  }
}

}  // namespace millrace::sql::odbc
