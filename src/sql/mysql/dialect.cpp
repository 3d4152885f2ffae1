#include "sql/mysql/dialect.h"

#include <algorithm>

#include "sql/mysql/upsert.h"
#include "sql/scanner.h"

namespace millrace::sql::mysql {
namespace {

constexpr std::string_view kToTheLetter = " COLLATE utf8mb4_bin";

bool is_operand(char c) {
  return Scanner::is_word(c) || c == '.' || c == '`';
}

class Translation {
 public:
  explicit Translation(std::string_view sql) : sql_(sql), whole_(sql) {
    result_.reads = sql.starts_with("SELECT");
  }

  Template run() {
    while (!sql_.done()) {
      if (sql_.at_quote()) {
        text_ += sql_.take_quoted();
      } else if (sql_.at_parameter()) {
        take_scalar();
      } else if (sql_.at_word()) {
        take_word();
      } else {
        take_sign();
      }
    }
    flush();
    return std::move(result_);
  }

 private:
  // A plus sign before a column is an order to SQLite's planner.
  void take_sign() {
    if (sql_.skip("= ANY(")) {
      text_ += "IN (";
      place(Piece::Kind::kValues, sql_.take_parameter());
      return;
    }
    const std::string_view sign = sql_.take(1);
    if (sign != "+" || !sql_.at_word()) text_ += sign;
  }

  void take_word() {
    if (sql_.skip("INDEXED BY ")) {
      sql_.take_word();
      sql_.skip(" ");
    } else if (sql_.skip("CROSS ")) {
      // The planner here chooses the order by itself.
    } else if (sql_.skip("LIKE ")) {
      take_pattern();
    } else if (sql_.skip("NULLS LAST")) {
      put_nulls_last();
    } else if (sql_.skip("SELECT * FROM unnest(")) {
      take_rows();
    } else if (sql_.skip("ON CONFLICT")) {
      text_ += upsert(whole_, sql_.take(sql_.rest().size()));
    } else if (sql_.skip("RETURNING ")) {
      sql_.take_word();
      result_.returns_id = true;
    } else if (sql_.at("IN (?")) {
      take_list();
    } else {
      take_plain_word();
    }
  }

  void take_plain_word() {
    if (sql_.skip("AS TEXT")) {
      text_ += "AS CHAR";
    } else if (sql_.skip("AS INTEGER")) {
      text_ += "AS SIGNED";
    } else if (sql_.skip("length(")) {
      text_ += "char_length(";
    } else if (sql_.word() == "rowid") {
      sql_.take_word();
      drop_operand();
      text_ += "NULL";
    } else {
      const std::string_view word = sql_.take_word();
      text_ += word == "key" ? "`key`" : word;
    }
  }

  // A value that a comparison is to meet to the letter is compared as the column's collation says too, so
  // that an index of the column finds it.
  void take_scalar() {
    const int parameter = sql_.take_parameter();
    if (!sql_.skip(" COLLATE BINARY")) return place(Piece::Kind::kValue, parameter);
    const std::string column = text_.ends_with(" = ") ? operand_before(3) : "";
    if (column.empty()) {
      place(Piece::Kind::kValue, parameter);
      text_ += kToTheLetter;
      return;
    }
    text_.insert(text_.size() - 3 - column.size(), "(");
    place(Piece::Kind::kValue, parameter);
    text_ += " AND " + column + " = ";
    place(Piece::Kind::kValue, parameter);
    text_ += kToTheLetter;
    text_ += ')';
  }

  // "IN (?1,?2)" of filters.
  void take_list() {
    sql_.skip("IN (");
    std::vector<int> parameters{sql_.take_parameter()};
    while (sql_.skip(",")) parameters.push_back(sql_.take_parameter());
    sql_.skip(")");
    const std::string column = text_.ends_with("NOT ") ? "" : operand_before(1);
    if (!column.empty()) {
      text_.insert(text_.size() - 1 - column.size(), "(");
      put_list(parameters, "");
      text_ += " AND " + column + " ";
    }
    put_list(parameters, kToTheLetter);
    if (!column.empty()) text_ += ')';
  }

  void put_list(const std::vector<int>& parameters, std::string_view behind) {
    std::string_view before = "IN (";
    for (const int parameter : parameters) {
      text_ += before;
      place(Piece::Kind::kValue, parameter);
      text_ += behind;
      before = ",";
    }
    text_ += ')';
  }

  // "?1" or "lower(?1)"
  void take_pattern() {
    text_ += "LIKE ";
    const bool lowered = sql_.skip("lower(");
    if (lowered) text_ += "lower(";
    place(Piece::Kind::kPattern, sql_.take_parameter());
    if (lowered && sql_.skip(")")) text_ += ")";
    text_ += kToTheLetter;
    text_ += " ESCAPE '";
    text_ += kEscape;
    text_ += '\'';
  }

  // NULL is less than all else.
  void put_nulls_last() {
    if (text_.ends_with(" DESC ")) return text_.pop_back();
    if (!text_.ends_with(" ASC ")) return;
    text_.pop_back();
    const std::string column = operand_before(4);
    text_.insert(text_.size() - 4 - column.size(), column + " IS NULL, ");
  }

  void take_rows() {
    const bool compared = text_.ends_with("IN (");
    const int first = sql_.take_parameter();
    int lists = 1;
    for (; sql_.skip(", "); ++lists) count(sql_.take_parameter());
    sql_.skip(")");
    place(compared ? Piece::Kind::kTuples : Piece::Kind::kInsertedRows, first, lists);
  }

  // The name that ends so many characters before the end of the text.
  std::string operand_before(size_t characters) const {
    if (text_.size() < characters) return "";
    const size_t end = text_.size() - characters;
    size_t start = end;
    while (start > 0 && is_operand(text_[start - 1])) --start;
    const std::string name = text_.substr(start, end - start);
    return name == "END" ? "" : name;
  }

  void drop_operand() { text_.resize(text_.size() - operand_before(0).size()); }

  void place(Piece::Kind kind, int parameter, int lists = 1) {
    flush();
    count(parameter);
    result_.pieces.push_back({kind, "", parameter, lists});
  }

  void count(int parameter) { result_.parameters = std::max(result_.parameters, parameter); }

  void flush() {
    if (text_.empty()) return;
    result_.pieces.push_back({Piece::Kind::kText, std::move(text_)});
    text_.clear();
  }

  Scanner sql_;
  const std::string_view whole_;
  Template result_;
  std::string text_;
};

}  // namespace

Template translate(std::string_view sql) {
  return Translation(sql).run();
}

}  // namespace millrace::sql::mysql
