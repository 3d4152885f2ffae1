#include "sql/mssql/lists.h"

#include <array>
#include <charconv>

namespace millrace::sql::mssql {
namespace {

void append(std::string& json, const std::string& text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  json += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (byte < 0x20) {
      json += "\\u00";
      json += kDigits[byte >> 4U];
      json += kDigits[byte & 15U];
    } else {
      json += c;
    }
  }
  json += '"';
}

void append(std::string& json, int64_t number) {
  json += std::to_string(number);
}

void append(std::string& json, double number) {
  std::array<char, 40> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  json.append(digits.data(), end);
}

void append(std::string& json, char truth) {
  json += truth != 0 ? "true" : "false";
}

size_t length_of(const List& list) {
  return std::visit([](const auto& values) { return values.size(); }, list);
}

const char* type_of(const List& list, bool compared, bool utf8) {
  if (std::holds_alternative<std::vector<int64_t>>(list)) return "BIGINT";
  if (std::holds_alternative<std::vector<double>>(list)) return "FLOAT";
  if (std::holds_alternative<std::vector<char>>(list)) return "BIT";
  if (!compared) return "NVARCHAR(MAX)";
  return utf8 ? "VARCHAR(8000)" : "NVARCHAR(4000)";
}

}  // namespace

std::string json_of(const std::vector<const List*>& lists) {
  std::string json = "[";
  const size_t rows = length_of(*lists.at(0));
  for (size_t row = 0; row < rows; ++row) {
    json += row > 0 ? ",[" : "[";
    for (const List* list : lists) {
      if (list != lists[0]) json += ',';
      std::visit([&](const auto& values) { append(json, values.at(row)); }, *list);
    }
    json += ']';
  }
  return json + "]";
}

std::string table_of(const std::vector<Piece::Column>& columns, const std::vector<const List*>& lists,
                     bool utf8) {
  std::string sql = "OPENJSON(CAST(? AS NVARCHAR(MAX))) WITH (";
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) sql += ", ";
    sql += columns[i].name + " " + type_of(*lists.at(i), columns[i].compared, utf8) + " '$[" +
           std::to_string(i) + "]'";
  }
  return sql + ")";
}

}  // namespace millrace::sql::mssql
