#include "csv.h"

#include "millrace/registration.h"

namespace sample_plugin {
namespace {

constexpr size_t kLongestLine = 16 << 20;

}  // namespace

// Reads up to a comma or the end of the line; true when another field follows.
bool CsvReader::read_field(std::string& field) {
  bool quoted = false;
  for (int c = input_.get(); c != EOF; c = input_.get()) {
    if (++line_bytes_ > kLongestLine)
      millrace::throw_invalid_parameter("A line of the CSV file is too long.");
    if (c == '"' && quoted && input_.peek() == '"') {
      field += static_cast<char>(input_.get());
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      return true;
    } else if (c == '\n' && !quoted) {
      return false;
    } else if (c != '\r' || quoted) {
      field += static_cast<char>(c);
    }
  }
  if (quoted) millrace::throw_invalid_parameter("A quote in the CSV file is never closed.");
  return false;
}

std::optional<std::vector<std::string>> CsvReader::next() {
  while (input_.peek() != EOF) {
    std::vector<std::string> fields(1);
    line_bytes_ = 0;
    while (read_field(fields.back())) fields.emplace_back();
    if (fields.size() > 1 || !fields.front().empty()) return fields;
  }
  return std::nullopt;
}

}  // namespace sample_plugin
