#include "sql/mssql/mssql_statement.h"

#include <array>
#include <charconv>

namespace millrace::sql::mssql {
namespace {

// LIKE of T-SQL knows sets in brackets, which the stores' SQL does not.
odbc::Value as_pattern(const odbc::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return value;
  std::string pattern;
  for (const char c : *text) {
    if (c == kEscape || c == '[') pattern += kEscape;
    pattern += c;
  }
  return pattern;
}

template <typename Number>
Number number_in(const odbc::Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return static_cast<Number>(*number);
  if (const auto* real = std::get_if<double>(&value)) return static_cast<Number>(*real);
  Number number{};
  const auto* text = std::get_if<std::string>(&value);
  if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

std::string word_of(const odbc::Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  const auto* real = std::get_if<double>(&value);
  if (real == nullptr) return {};
  std::array<char, 40> digits;
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), *real).ptr};
}

}  // namespace

void MssqlStatement::set(int position, Bound value) {
  reset();
  values_.at(static_cast<size_t>(position - 1)) = std::move(value);
}

void MssqlStatement::bind(int position, std::string_view text) {
  set(position, odbc::Value(std::string(text)));
}

void MssqlStatement::bind(int position, int64_t number) {
  set(position, odbc::Value(number));
}

void MssqlStatement::bind(int position, double number) {
  set(position, odbc::Value(number));
}

void MssqlStatement::bind_boolean(int position, bool value) {
  set(position, odbc::Value(value));
}

void MssqlStatement::bind_null(int position) {
  set(position, odbc::Value());
}

void MssqlStatement::bind_list(int position, std::span<const std::string_view> texts) {
  set(position, List(std::vector<std::string>(texts.begin(), texts.end())));
}

void MssqlStatement::bind_list(int position, std::span<const int64_t> numbers) {
  set(position, List(std::vector<int64_t>(numbers.begin(), numbers.end())));
}

void MssqlStatement::bind_list(int position, std::span<const double> numbers) {
  set(position, List(std::vector<double>(numbers.begin(), numbers.end())));
}

void MssqlStatement::bind_booleans(int position, std::span<const char> values) {
  set(position, List(std::vector<char>(values.begin(), values.end())));
}

const odbc::Value& MssqlStatement::value_of(int parameter) const {
  return std::get<odbc::Value>(values_.at(static_cast<size_t>(parameter - 1)));
}

const List& MssqlStatement::list_of(int parameter) const {
  return std::get<List>(values_.at(static_cast<size_t>(parameter - 1)));
}

void MssqlStatement::append(const Piece& piece, std::string& sql, std::vector<odbc::Value>& values) const {
  switch (piece.kind) {
    case Piece::Kind::kText:
      sql += piece.text;
      return;
    case Piece::Kind::kValue:
      sql += '?';
      values.push_back(value_of(piece.parameter));
      return;
    case Piece::Kind::kPattern:
      sql += '?';
      values.push_back(as_pattern(value_of(piece.parameter)));
      return;
    case Piece::Kind::kTable:
      break;
  }
  std::vector<const List*> lists;
  for (size_t i = 0; i < piece.columns.size(); ++i)
    lists.push_back(&list_of(piece.parameter + static_cast<int>(i)));
  sql += table_of(piece.columns, lists, connection_.traits().utf8);
  values.emplace_back(json_of(lists));
}

void MssqlStatement::execute() {
  std::string sql;
  std::vector<odbc::Value> values;
  for (const Piece& piece : text_->pieces) append(piece, sql, values);
  rows_ = connection_.send(*text_, sql, values);
  next_ = 0;
  stepped_ = true;
}

bool MssqlStatement::step() {
  if (!stepped_) execute();
  words_.clear();
  if (next_ == rows_.size()) return false;
  ++next_;
  return true;
}

void MssqlStatement::run() {
  execute();
  reset();
}

void MssqlStatement::reset() {
  rows_.clear();
  words_.clear();
  next_ = 0;
  stepped_ = false;
}

bool MssqlStatement::is_null(int column) const {
  return std::holds_alternative<std::monostate>(cell(column));
}

int64_t MssqlStatement::integer(int column) const {
  return number_in<int64_t>(cell(column));
}

double MssqlStatement::real(int column) const {
  return number_in<double>(cell(column));
}

std::string_view MssqlStatement::text(int column) const {
  const odbc::Value& value = cell(column);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  words_.resize(rows_.at(next_ - 1).size());
  std::string& word = words_.at(static_cast<size_t>(column));
  word = word_of(value);
  return word;
}

}  // namespace millrace::sql::mssql
