#include "sql/postgres/dialect.h"

#include <algorithm>

#include "sql/scanner.h"

namespace millrace::sql::postgres {
namespace {

constexpr std::string_view kNoEscapes = " ESCAPE ''";

class Translation {
 public:
  explicit Translation(std::string_view sql) : sql_(sql) { text_.reserve(sql.size() + 16); }

  std::string run() {
    while (!sql_.done()) {
      if (sql_.at_quote()) {
        text_ += sql_.take_quoted();
      } else if (sql_.at_parameter()) {
        take_parameter();
      } else if (sql_.at_word()) {
        take_word();
      } else {
        take_sign();
      }
    }
    return std::move(text_);
  }

 private:
  void take_parameter() {
    text_ += '$' + std::to_string(sql_.take_parameter());
    if (!like_) return;
    like_ = false;
    if (lowered_) text_ += sql_.take(1);  // lower(?1)
    text_ += kNoEscapes;
  }

  // A plus sign before a column is an order to SQLite's planner.
  void take_sign() {
    const std::string_view sign = sql_.take(1);
    if (sign != "+" || !sql_.at_word()) text_ += sign;
  }

  void take_word() {
    if (sql_.skip("INDEXED BY ")) {
      sql_.take_word();
      sql_.skip(" ");
      return;
    }
    if (sql_.skip("CROSS ") || sql_.skip("COLLATE BINARY")) return;
    like_ = like_ || sql_.word() == "LIKE";
    lowered_ = sql_.at("LIKE lower(") || (lowered_ && sql_.word() != "LIKE");
    const std::string_view word = sql_.take_word();
    text_ += word == "rowid" ? "ctid" : word;
  }

  Scanner sql_;
  std::string text_;
  bool like_ = false;
  bool lowered_ = false;
};

}  // namespace

std::string translate(std::string_view sql) {
  return Translation(sql).run();
}

int parameters_of(std::string_view sql) {
  int most = 0;
  for (Scanner scanner(sql); !scanner.done();) {
    if (scanner.at_quote()) {
      scanner.take_quoted();
    } else if (scanner.at_parameter()) {
      most = std::max(most, scanner.take_parameter());
    } else {
      scanner.take(1);
    }
  }
  return most;
}

}  // namespace millrace::sql::postgres
