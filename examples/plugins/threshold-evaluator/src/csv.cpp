#include "csv.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"

namespace {

constexpr size_t kLongestField = 1 << 20;
constexpr size_t kMostColumns = 10'000;
constexpr int kEnd = std::char_traits<char>::eof();

}  // namespace

CsvReader::CsvReader(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored) ||
      file_.open(path, std::ios::in | std::ios::binary) == nullptr)
    millrace::throw_not_found("There is no data file '" + path + "' that can be read.");
  if (!read_record(columns_)) fail("the file is empty");
  if (columns_[0].starts_with("\xef\xbb\xbf")) columns_[0].erase(0, 3);  // what spreadsheets mark UTF-8 with
}

std::optional<size_t> CsvReader::find(const std::string& column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<size_t>(found - columns_.begin());
}

bool CsvReader::next(std::vector<std::string>& fields) {
  if (!read_record(fields)) return false;
  if (fields.size() != columns_.size()) {
    fail(std::to_string(fields.size()) + " fields where the first line names " +
         std::to_string(columns_.size()) + " columns");
  }
  return true;
}

void CsvReader::fail(const std::string& what) const {
  millrace::throw_invalid_parameter("Line " + std::to_string(line_) + " of the data file: " + what + ".");
}

bool CsvReader::read_record(std::vector<std::string>& fields) {
  if (file_.sgetc() == kEnd) return false;
  if (!columns_.empty() && fields.empty()) fields.reserve(columns_.size());
  size_t count = 0;
  int end = ',';
  while (end == ',') {
    if (count == kMostColumns) fail("too many columns");
    if (count == fields.size()) fields.emplace_back();
    end = read_field(fields[count++]);
  }
  fields.resize(count);
  return true;
}

int CsvReader::read_field(std::string& field) {
  field.clear();
  if (file_.sgetc() == '"') return read_quoted(field);
  while (true) {
    const int c = file_.sbumpc();
    if (c == ',' || c == '\n' || c == kEnd) {
      if (c == '\n' && field.ends_with('\r')) field.pop_back();
      return end_of(c);
    }
    if (field.size() == kLongestField) fail("a field is longer than 1 MiB");
    field += static_cast<char>(c);
  }
}

int CsvReader::read_quoted(std::string& field) {
  file_.sbumpc();
  while (true) {
    const int c = file_.sbumpc();
    if (c == kEnd) fail("a quoted field has no end");
    if (c == '\n') ++line_;
    if (c == '"' && file_.sgetc() != '"') break;
    if (c == '"') file_.sbumpc();
    if (field.size() == kLongestField) fail("a field is longer than 1 MiB");
    field += static_cast<char>(c);
  }
  if (file_.sgetc() == '\r') file_.sbumpc();
  const int end = file_.sbumpc();
  if (end != ',' && end != '\n' && end != kEnd) fail("text after a quoted field");
  return end_of(end);
}

int CsvReader::end_of(int c) {
  if (c == '\n') ++line_;
  return c;
}
