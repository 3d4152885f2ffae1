#include "sql/mssql/dialect.h"

#include <algorithm>

#include "sql/mssql/clauses.h"
#include "sql/mssql/upsert.h"
#include "sql/odbc/wide.h"
#include "sql/scanner.h"

namespace millrace::sql::mssql {
namespace {

// Of code points, blanks at the end excepted, which SQL Server never minds; NVARCHAR has the whole of Unicode
// whatever the database's collation.
constexpr std::string_view kToTheLetter = " COLLATE Latin1_General_100_BIN2";
constexpr std::string_view kUnicode = "NVARCHAR(MAX)";

bool is_operand(char c) {
  return Scanner::is_word(c) || c == '.' || c == '[' || c == ']';
}

std::string quoted(std::string_view column) {
  return column == "key" ? "[key]" : std::string(column);
}

std::string joined(const std::vector<std::string_view>& columns, std::string_view prefix) {
  std::string text;
  for (const std::string_view column : columns)
    text += (text.empty() ? "" : ", ") + std::string(prefix) + quoted(column);
  return text;
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Translation {
 public:
  explicit Translation(std::string_view sql) : sql_(sql), whole_(sql) {
    result_.reads = sql.starts_with("SELECT");
  }

  Template run() {
    const auto insertion = parse_insertion(whole_);
    if (insertion && insertion->conflict) {
      merge(*insertion);
    } else if (insertion) {
      insert(*insertion);
    } else {
      translate_all();
    }
    flush();
    return std::move(result_);
  }

 private:
  void translate_all() {
    while (!sql_.done()) {
      if (sql_.at_quote()) {
        take_text();
      } else if (sql_.at_parameter()) {
        take_scalar();
      } else if (sql_.at_word()) {
        take_word();
      } else {
        take_sign();
      }
    }
  }

  void take_text() {
    const std::string_view text = sql_.take_quoted();
    if (!odbc::is_ascii(text)) text_ += 'N';
    text_ += text;
  }

  void take_sign() {
    if (sql_.skip("= ANY(")) {
      text_ += "IN (SELECT v FROM ";
      place_table(sql_.take_parameter(), {{"v", true}});
    } else if (sql_.skip("||")) {
      text_ += '+';
    } else {
      const std::string_view sign = sql_.take(1);
      if (sign == "(") ordered_.push_back(false);
      if (sign == ")" && ordered_.size() > 1) ordered_.pop_back();
      text_ += sign;
    }
  }

  void take_word() {
    if (sql_.skip("SELECT * FROM unnest(")) {
      take_tuples();
    } else if (sql_.skip("SELECT ")) {
      take_select();
    } else if (sql_.skip("ORDER BY ")) {
      take_order();
    } else if (sql_.skip("LIMIT ")) {
      take_limit();
    } else if (sql_.skip("INDEXED BY ")) {
      sql_.take_word();
      sql_.skip(" ");
    } else if (sql_.skip("CROSS ")) {
      // The planner here chooses the order by itself.
    } else if (sql_.skip("LIKE ")) {
      take_pattern();
    } else if (sql_.at("IN (?")) {
      take_list();
    } else {
      take_plain_word();
    }
  }

  void take_plain_word() {
    if (sql_.skip("AS TEXT")) {
      text_ += "AS NVARCHAR(MAX)";
    } else if (sql_.skip("AS INTEGER")) {
      text_ += "AS BIGINT";
    } else if (sql_.skip("length(")) {
      text_ += "len(";
      ordered_.push_back(false);
    } else if (sql_.skip("substr(")) {
      text_ += "substring(";
      ordered_.push_back(false);
    } else if (sql_.word() == "TRUE" || sql_.word() == "FALSE") {
      take_truth();
    } else if (sql_.word() == "rowid") {
      sql_.take_word();
      text_.resize(text_.size() - operand_before(0).size());
      text_ += "NULL";
    } else {
      text_ += quoted(sql_.take_word());
    }
  }

  void take_truth() {
    const bool truth = sql_.take_word() == "TRUE";
    if (text_.ends_with("= ")) {
      text_ += truth ? "1" : "0";
    } else {
      text_ += truth ? "1 = 1" : "1 = 0";
    }
  }

  // A SELECT with a limit and neither order nor offset says how many rows it wants right here.
  void take_select() {
    ordered_.back() = false;
    text_ += "SELECT ";
    if (sql_.skip("DISTINCT ")) text_ += "DISTINCT ";
    const std::string_view scope = sql_.rest().substr(0, find_at_top(sql_.rest(), "UNION ALL "));
    const size_t limit = find_at_top(scope, "LIMIT ");
    if (limit == std::string_view::npos || find_at_top(scope, "ORDER BY ") != std::string_view::npos) return;
    if (find_at_top(scope, " OFFSET ") != std::string_view::npos) return;
    Scanner operand(scope.substr(limit));
    operand.skip("LIMIT ");
    text_ += "TOP (";
    put_operand(operand);
    text_ += ") ";
  }

  // "?1" or "500"
  void put_operand(Scanner& sql) {
    if (sql.at_parameter()) {
      place(Piece::Kind::kValue, sql.take_parameter());
    } else {
      text_ += sql.take_word();
    }
  }

  void take_limit() {
    Scanner most = sql_;
    if (sql_.at_parameter()) sql_.take(1);
    sql_.take_word();
    const bool skips = sql_.skip(" OFFSET ");
    if (!ordered_.back() && !skips) return drop_blank();  // said behind SELECT
    if (!ordered_.back()) text_ += "ORDER BY (SELECT NULL) ";
    text_ += "OFFSET ";
    if (skips) {
      put_operand(sql_);
    } else {
      text_ += '0';
    }
    text_ += " ROWS FETCH NEXT ";
    put_operand(most);
    text_ += " ROWS ONLY";
  }

  void take_order() {
    const std::string_view rest = up_to_closing(sql_.rest());
    const size_t end = std::min(find_at_top(rest, " LIMIT "), rest.size());
    text_ += "ORDER BY ";
    std::vector<std::string_view> seen;
    for (const std::string_view term : split_at_commas(rest.substr(0, end))) put_term(term, seen);
    sql_.take(end);
    ordered_.back() = true;
  }

  void put_term(std::string_view term, std::vector<std::string_view>& seen) {
    if (term.starts_with('+')) term.remove_prefix(1);
    const bool nulls_last = cut(term, " NULLS LAST");
    const bool descending = cut(term, " DESC");
    cut(term, " ASC");
    if (contains(seen, term)) return;
    if (!seen.empty()) text_ += ", ";
    seen.push_back(term);
    if (term.ends_with("rowid")) {
      text_ += "(SELECT NULL)";
      return;
    }
    if (nulls_last && !descending) {
      text_ += "CASE WHEN ";
      append(term);
      text_ += " IS NULL THEN 1 ELSE 0 END, ";
    }
    put_value(term);
    if (descending) text_ += " DESC";
  }

  // A condition is no value here.
  void put_value(std::string_view term) {
    const bool condition = term.starts_with("NOT EXISTS (") || term.starts_with("EXISTS (") ||
                           (term.starts_with('(') && term.ends_with(" IS NULL)"));
    if (condition) text_ += "CASE WHEN ";
    append(term);
    if (condition) text_ += " THEN 1 ELSE 0 END";
  }

  static bool cut(std::string_view& text, std::string_view end) {
    if (!text.ends_with(end)) return false;
    text.remove_suffix(end.size());
    return true;
  }

  void append(std::string_view expression) {
    Translation part(expression);
    part.translate_all();
    part.flush();
    for (Piece& piece : part.result_.pieces) {
      if (piece.kind == Piece::Kind::kText) {
        text_ += piece.text;
      } else {
        flush();
        result_.pieces.push_back(std::move(piece));
      }
    }
    result_.parameters = std::max(result_.parameters, part.result_.parameters);
  }

  void take_scalar() {
    const int parameter = sql_.take_parameter();
    if (!sql_.skip(" COLLATE BINARY")) return place(Piece::Kind::kValue, parameter);
    const std::string sign = text_.ends_with(" <> ") ? " <> " : " = ";
    const std::string column = operand_before(sign.size());
    if (column.empty()) {
      put_cast(Piece::Kind::kValue, parameter);
      text_ += kToTheLetter;
      return;
    }
    const bool equal = sign == " = ";
    if (equal) {
      text_.insert(text_.size() - sign.size() - column.size(), "(");
      place(Piece::Kind::kValue, parameter);
      text_ += " AND ";
    } else {
      text_.resize(text_.size() - sign.size() - column.size());
    }
    put_exact(column);
    text_ += sign;
    put_exact(parameter);
    if (equal) text_ += ')';
  }

  // A mark behind both sides has blanks at their ends count.
  void put_exact(const std::string& column) {
    text_ += "CAST(" + column + " AS " + std::string(kUnicode) + ") + N'.'";
  }
  void put_exact(int parameter) {
    put_cast(Piece::Kind::kValue, parameter);
    text_ += " + N'.'";
    text_ += kToTheLetter;
  }

  void put_cast(Piece::Kind kind, int parameter) {
    text_ += "CAST(";
    place(kind, parameter);
    // A pattern may not be longer.
    text_ += kind == Piece::Kind::kPattern ? " AS NVARCHAR(4000))" : " AS NVARCHAR(MAX))";
  }

  // "IN (?1,?2)" of filters.
  void take_list() {
    sql_.skip("IN (");
    std::vector<int> parameters{sql_.take_parameter()};
    while (sql_.skip(",")) parameters.push_back(sql_.take_parameter());
    sql_.skip(")");
    const bool negative = text_.ends_with(" NOT ");
    const std::string column = operand_before(negative ? 5 : 1);
    const size_t start = text_.size() - column.size() - (negative ? 5 : 1);
    if (column.empty()) return put_list(parameters, false);
    if (negative) {
      text_.resize(start);
      put_exact(column);
      text_ += " NOT ";
      return put_list(parameters, true);
    }
    text_.insert(start, "(");
    put_list(parameters, false);
    text_ += " AND ";
    put_exact(column);
    text_ += ' ';
    put_list(parameters, true);
    text_ += ')';
  }

  void put_list(const std::vector<int>& parameters, bool exact) {
    std::string_view before = "IN (";
    for (const int parameter : parameters) {
      text_ += before;
      before = ", ";
      if (exact) {
        put_exact(parameter);
      } else {
        place(Piece::Kind::kValue, parameter);
      }
    }
    text_ += ')';
  }

  // "?1" or "lower(?1)"
  void take_pattern() {
    text_ += "LIKE ";
    const bool lowered = sql_.skip("lower(");
    if (lowered) text_ += "lower(";
    put_cast(Piece::Kind::kPattern, sql_.take_parameter());
    if (lowered && sql_.skip(")")) text_ += ')';
    text_ += kToTheLetter;
    text_ += " ESCAPE N'";
    text_ += kEscape;
    text_ += '\'';
  }

  // "(a, b) IN (SELECT * FROM unnest(?1, ?2))", of which the columns are put already.
  void take_tuples() {
    const size_t open = text_.rfind('(', text_.size() - 6);
    const std::string columns = text_.substr(open + 1, text_.rfind(") IN (") - open - 1);
    text_.resize(open);
    const int first = sql_.take_parameter();
    std::vector<Piece::Column> table{{"v0", true}};
    while (sql_.skip(", ")) {
      sql_.take_parameter();
      table.push_back({"v" + std::to_string(table.size()), true});
    }
    sql_.skip(")");
    text_ += "EXISTS (SELECT 1 FROM ";
    const size_t count = table.size();
    place_table(first, std::move(table));
    text_ += " AS listed WHERE ";
    const auto names = split_at_commas(columns);
    for (size_t i = 0; i < count; ++i)
      text_ += (i > 0 ? " AND listed.v" : "listed.v") + std::to_string(i) + " = " + std::string(names.at(i));
  }

  void insert(const Insertion& insertion) {
    text_ += "INSERT INTO " + std::string(insertion.table) + "(" + joined(insertion.columns, "") + ")";
    if (!insertion.returning.empty()) text_ += " OUTPUT inserted." + quoted(insertion.returning);
    if (insertion.values.empty()) {
      text_ += " SELECT " + joined(insertion.columns, "") + " FROM ";
      return place_rows(insertion);
    }
    text_ += " VALUES (";
    put_values(insertion, false);
    text_ += ")";
  }

  void put_values(const Insertion& insertion, bool named) {
    for (size_t i = 0; i < insertion.values.size(); ++i) {
      if (i > 0) text_ += ", ";
      append(insertion.values[i]);
      if (named) text_ += " AS " + quoted(insertion.columns.at(i));
    }
  }

  void place_rows(const Insertion& insertion) {
    std::vector<Piece::Column> table;
    for (const std::string_view column : insertion.columns)
      table.push_back({quoted(column), contains(insertion.key, column)});
    place_table(insertion.lists.at(0), std::move(table));
  }

  // Rows of the same key within the lists themselves are one only where nothing else tells them apart.
  void merge(const Insertion& insertion) {
    text_ += "MERGE INTO " + std::string(insertion.table) + " WITH (HOLDLOCK) AS t USING (SELECT ";
    if (insertion.values.empty()) {
      text_ += (insertion.updated.empty() ? "DISTINCT " : "") + joined(insertion.columns, "") + " FROM ";
      place_rows(insertion);
    } else {
      put_values(insertion, true);
    }
    text_ += ") AS s ON ";
    for (const std::string_view column : insertion.key)
      text_ += (column == insertion.key[0] ? "t." : " AND t.") + quoted(column) + " = s." + quoted(column);
    if (!insertion.updated.empty()) put_update(insertion);
    text_ += " WHEN NOT MATCHED THEN INSERT (" + joined(insertion.columns, "") + ") VALUES (" +
             joined(insertion.columns, "s.") + ");";
  }

  void put_update(const Insertion& insertion) {
    text_ += " WHEN MATCHED";
    if (!insertion.newer.empty()) text_ += " AND " + greater(insertion.newer, 0);
    text_ += " THEN UPDATE SET ";
    for (const std::string_view column : insertion.updated)
      text_ += (column == insertion.updated[0] ? "" : ", ") + quoted(column) + " = s." + quoted(column);
  }

  // (s.a, s.b) > (t.a, t.b), which T-SQL cannot say.
  static std::string greater(const std::vector<std::string_view>& columns, size_t from) {
    const std::string column = quoted(columns[from]);
    const std::string here = "s." + column + " > t." + column;
    if (from + 1 == columns.size()) return here;
    return "(" + here + " OR (s." + column + " = t." + column + " AND " + greater(columns, from + 1) + "))";
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

  void drop_blank() {
    if (text_.ends_with(' ')) text_.pop_back();
  }

  void place(Piece::Kind kind, int parameter) {
    flush();
    result_.parameters = std::max(result_.parameters, parameter);
    result_.pieces.push_back({kind, "", parameter});
  }

  void place_table(int first, std::vector<Piece::Column> columns) {
    flush();
    result_.parameters = std::max(result_.parameters, first + static_cast<int>(columns.size()) - 1);
    result_.pieces.push_back({Piece::Kind::kTable, "", first, std::move(columns)});
  }

  void flush() {
    if (text_.empty()) return;
    result_.pieces.push_back({Piece::Kind::kText, std::move(text_)});
    text_.clear();
  }

  Scanner sql_;
  const std::string_view whole_;
  Template result_;
  std::string text_;
  std::vector<bool> ordered_{false};  // whether there is an ORDER BY, for each parenthesis that is open
};

}  // namespace

Template translate(std::string_view sql) {
  return Translation(sql).run();
}

}  // namespace millrace::sql::mssql
