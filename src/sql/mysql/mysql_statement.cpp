#include "sql/mysql/mysql_statement.h"

#include <charconv>

#include "sql/mysql/values.h"

namespace millrace::sql::mysql {
namespace {

constexpr const char* kTrue = "TRUE";
constexpr const char* kFalse = "FALSE";

template <typename Values>
std::vector<std::string> literals(const Values& values) {
  std::vector<std::string> words;
  words.reserve(values.size());
  for (const auto value : values) words.push_back(literal(value));
  return words;
}

// Of a word that stands for a text, never of one in hexadecimal digits unless those are of that character.
std::string with_escapes_doubled(const std::string& word) {
  if (word.starts_with("_utf8mb4")) {
    std::string doubled;
    const size_t start = word.find('\'') + 1;
    doubled = word.substr(0, start);
    for (size_t at = start; at + 1 < word.size(); at += 2) {
      doubled += word.substr(at, 2);
      if (word.compare(at, 2, "7c") == 0) doubled += "7c";
    }
    return doubled + "'";
  }
  std::string doubled;
  for (const char c : word) {
    if (c == kEscape) doubled += c;
    doubled += c;
  }
  return doubled;
}

}  // namespace

void MysqlStatement::set(int position, Words words) {
  reset();
  values_.at(static_cast<size_t>(position - 1)) = std::move(words);
}

void MysqlStatement::bind(int position, std::string_view text) {
  set(position, {literal(text)});
}

void MysqlStatement::bind(int position, int64_t number) {
  set(position, {literal(number)});
}

void MysqlStatement::bind(int position, double number) {
  set(position, {literal(number)});
}

void MysqlStatement::bind_boolean(int position, bool value) {
  set(position, {value ? kTrue : kFalse});
}

void MysqlStatement::bind_null(int position) {
  set(position, {"NULL"});
}

void MysqlStatement::bind_list(int position, std::span<const std::string_view> texts) {
  set(position, literals(texts));
}

void MysqlStatement::bind_list(int position, std::span<const int64_t> numbers) {
  set(position, literals(numbers));
}

void MysqlStatement::bind_list(int position, std::span<const double> numbers) {
  set(position, literals(numbers));
}

void MysqlStatement::bind_booleans(int position, std::span<const char> values) {
  Words words;
  words.reserve(values.size());
  for (const char value : values) words.emplace_back(value != 0 ? kTrue : kFalse);
  set(position, std::move(words));
}

std::string MysqlStatement::filled_in() const {
  std::string sql;
  for (const Piece& piece : text_->pieces) append(sql, piece);
  return sql;
}

void MysqlStatement::append(std::string& sql, const Piece& piece) const {
  switch (piece.kind) {
    case Piece::Kind::kText:
      sql += piece.text;
      return;
    case Piece::Kind::kValue:
      sql += words_of(piece.parameter).at(0);
      return;
    case Piece::Kind::kPattern:
      sql += with_escapes_doubled(words_of(piece.parameter).at(0));
      return;
    case Piece::Kind::kValues: {
      const Words& words = words_of(piece.parameter);
      if (words.empty()) sql += "NULL";
      for (const std::string& word : words) {
        if (&word != words.data()) sql += ',';
        sql += word;
      }
      return;
    }
    default:
      append_rows(sql, piece);
  }
}

void MysqlStatement::append_rows(std::string& sql, const Piece& piece) const {
  const size_t rows = words_of(piece.parameter).size();
  if (rows == 0) {  // as many columns of no rows
    sql += "SELECT NULL";
    for (int list = 1; list < piece.lists; ++list) sql += ",NULL";
    sql += " FROM DUAL WHERE FALSE";
    return;
  }
  if (piece.kind == Piece::Kind::kInsertedRows) sql += "VALUES ";
  for (size_t row = 0; row < rows; ++row) {
    sql += row > 0 ? ",(" : "(";
    for (int list = 0; list < piece.lists; ++list) {
      if (list > 0) sql += ',';
      sql += words_of(piece.parameter + list).at(row);
    }
    sql += ')';
  }
}

bool MysqlStatement::step() {
  if (!stepped_) {
    connection_.send(*text_, filled_in());
    rows_ = connection_.finish().rows;
    stepped_ = true;
  }
  row_ = rows_ ? mysql_fetch_row(rows_.get()) : nullptr;
  lengths_ = row_ != nullptr ? mysql_fetch_lengths(rows_.get()) : nullptr;
  return row_ != nullptr;
}

void MysqlStatement::run() {
  connection_.send(*text_, filled_in());
  reset();
}

void MysqlStatement::reset() {
  rows_.reset();
  row_ = nullptr;
  stepped_ = false;
}

bool MysqlStatement::is_null(int column) const {
  return row_[column] == nullptr;
}

int64_t MysqlStatement::integer(int column) const {
  const std::string_view digits = text(column);
  int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

double MysqlStatement::real(int column) const {
  const std::string_view digits = text(column);
  double number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string_view MysqlStatement::text(int column) const {
  if (row_[column] == nullptr) return {};
  return {row_[column], lengths_[column]};
}

}  // namespace millrace::sql::mysql
