#include "sql/postgres/values.h"

#include "sql/fault.h"

namespace millrace::sql::postgres {
namespace {

void append(std::string& to, char truth) {
  to += truth != 0 ? 't' : 'f';
}

void append(std::string& to, int64_t number) {
  append_number(to, number);
}

void append(std::string& to, double number) {
  append_number(to, number);
}

void append_quoted(std::string& array, std::string_view text) {
  array += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') array += '\\';
    array += c;
  }
  array += '"';
}

template <typename Value>
void append_element(std::string& array, Value value) {
  append(array, value);
}

void append_element(std::string& array, std::string_view text) {
  refuse_zero_bytes(text);
  append_quoted(array, text);
}

template <typename Value>
void append_field(std::string& rows, Value value) {
  append(rows, value);
}

void append_field(std::string& rows, std::string_view text) {
  refuse_zero_bytes(text);
  for (const char c : text) {
    switch (c) {
      case '\\':
        rows += "\\\\";
        break;
      case '\n':
        rows += "\\n";
        break;
      case '\r':
        rows += "\\r";
        break;
      case '\t':
        rows += "\\t";
        break;
      default:
        rows += c;
    }
  }
}

size_t size_of(const Column& column) {
  return std::visit([](const auto& values) { return values.size(); }, column);
}

}  // namespace

void refuse_zero_bytes(std::string_view text) {
  if (text.find('\0') == std::string_view::npos) return;
  // The server's libraries would take the text to end there. As a fault of the transaction it costs others
  // who share it nothing.
  throw TransactionFault(ErrorCode::kInvalidParameterValue,
                         "A text has a character of code 0, which PostgreSQL cannot keep.",
                         TransactionFault::Kind::kLasting);
}

std::string array_text(const Column& values) {
  std::string array = "{";
  const auto append_all = [&](const auto& elements) {
    for (const auto& element : elements) {
      if (array.size() > 1) array += ',';
      append_element(array, element);
    }
  };
  std::visit(append_all, values);
  return array + "}";
}

std::string copy_text(std::span<const Column> columns) {
  std::string rows;
  const size_t count = columns.empty() ? 0 : size_of(columns.front());
  for (size_t row = 0; row < count; ++row) {
    for (const Column& column : columns) {
      if (&column != &columns.front()) rows += '\t';
      std::visit([&](const auto& values) { append_field(rows, values[row]); }, column);
    }
    rows += '\n';
  }
  return rows;
}

}  // namespace millrace::sql::postgres
