#include "sql/postgres/postgres_statement.h"

#include <charconv>

#include "sql/postgres/values.h"

namespace millrace::sql::postgres {
namespace {

// Numbers of types in PostgreSQL's catalogue, the same in every installation. Texts have no type here: they
// take that of the column that they meet.
constexpr Oid kAnyType = 0;
constexpr Oid kBoolean = 16;
constexpr Oid kInteger = 20;
constexpr Oid kReal = 701;
constexpr Oid kBooleans = 1000;
constexpr Oid kTexts = 1009;
constexpr Oid kIntegers = 1016;
constexpr Oid kReals = 1022;

}  // namespace

void PostgresStatement::set(int position, Oid type, std::optional<std::string> value) {
  reset();
  const auto index = static_cast<size_t>(position - 1);
  parameters_.types.at(index) = type;
  parameters_.values.at(index) = std::move(value);
}

void PostgresStatement::bind(int position, std::string_view text) {
  refuse_zero_bytes(text);
  set(position, kAnyType, std::string(text));
}

void PostgresStatement::bind(int position, int64_t number) {
  std::string text;
  append_number(text, number);
  set(position, kInteger, std::move(text));
}

void PostgresStatement::bind(int position, double number) {
  std::string text;
  append_number(text, number);
  set(position, kReal, std::move(text));
}

void PostgresStatement::bind_boolean(int position, bool value) {
  set(position, kBoolean, value ? "t" : "f");
}

void PostgresStatement::bind_null(int position) {
  set(position, kAnyType, std::nullopt);
}

void PostgresStatement::bind_list(int position, std::span<const std::string_view> texts) {
  set(position, kTexts, array_text(texts));
}

void PostgresStatement::bind_list(int position, std::span<const int64_t> numbers) {
  set(position, kIntegers, array_text(numbers));
}

void PostgresStatement::bind_list(int position, std::span<const double> numbers) {
  set(position, kReals, array_text(numbers));
}

void PostgresStatement::bind_booleans(int position, std::span<const char> values) {
  set(position, kBooleans, array_text(values));
}

void PostgresStatement::send() {
  reset();
  answer_ = std::make_shared<Answer>();
  connection_.send(*text_, parameters_, answer_);
}

bool PostgresStatement::step() {
  if (!result_) {
    if (!answer_) send();
    connection_.await(*answer_);
    result_ = std::move(answer_->result);
    row_ = -1;
  }
  return ++row_ < PQntuples(result_.get());
}

void PostgresStatement::run() {
  connection_.send(*text_, parameters_);
  reset();
}

void PostgresStatement::reset() {
  answer_.reset();
  result_.reset();
}

bool PostgresStatement::is_null(int column) const {
  return PQgetisnull(result_.get(), row_, column) == 1;
}

int64_t PostgresStatement::integer(int column) const {
  const std::string_view digits = text(column);
  if (PQftype(result_.get(), column) == kBoolean) return digits == "t" ? 1 : 0;
  int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

double PostgresStatement::real(int column) const {
  const std::string_view digits = text(column);
  double number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string_view PostgresStatement::text(int column) const {
  return {PQgetvalue(result_.get(), row_, column),
          static_cast<size_t>(PQgetlength(result_.get(), row_, column))};
}

}  // namespace millrace::sql::postgres
