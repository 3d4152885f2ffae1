#pragma once

#include <fstream>
#include <optional>
#include <string>
#include <vector>

/// Reads CSV by RFC 4180, record by record: commas, quotes in which commas and line breaks may stand, "" for
/// a quote inside of them, LF or CRLF. One thread. Faults are INVALID_PARAMETER_VALUE with the line; they
/// never show values, which may be personal.
class CsvReader {
 public:
  /// Reads the names. RESOURCE_DOES_NOT_EXIST when there is no such file.
  explicit CsvReader(const std::string& path);

  const std::vector<std::string>& columns() const { return columns_; }
  /// Empty when there is no such column.
  std::optional<size_t> find(const std::string& column) const;

  /// The next record, with as many fields as there are columns; false at the end. Reuses what `fields` holds.
  bool next(std::vector<std::string>& fields);

  int64_t line() const { return line_; }
  [[noreturn]] void fail(const std::string& what) const;

 private:
  bool read_record(std::vector<std::string>& fields);
  /// Reads one field; returns what ended it: ',', '\n' or EOF.
  int read_field(std::string& field);
  int read_quoted(std::string& field);
  int end_of(int c);

  std::filebuf file_;
  std::vector<std::string> columns_;
  int64_t line_ = 1;
};
