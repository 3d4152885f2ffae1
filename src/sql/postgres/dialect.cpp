#include "sql/postgres/dialect.h"

#include <algorithm>
#include <charconv>

namespace millrace::sql::postgres {
namespace {

constexpr std::string_view kNoEscapes = " ESCAPE ''";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class Translation {
 public:
  explicit Translation(std::string_view sql) : sql_(sql) { text_.reserve(sql.size() + 16); }

  std::string run() {
    while (at_ < sql_.size()) {
      if (sql_[at_] == '\'' || sql_[at_] == '"') {
        take(quoted());
      } else if (sql_[at_] == '?') {
        take_parameter();
      } else if (sql_[at_] == '+' && at_ + 1 < sql_.size() && is_word(sql_[at_ + 1])) {
        ++at_;
      } else if (is_word(sql_[at_])) {
        take_word(word_at(at_));
      } else {
        take(1);
      }
    }
    return std::move(text_);
  }

 private:
  void take(size_t length) {
    text_ += sql_.substr(at_, length);
    at_ += length;
  }

  // Two quotes in a row stand for one and end nothing, as two texts side by side.
  size_t quoted() const {
    const size_t end = sql_.find(sql_[at_], at_ + 1);
    return end == std::string_view::npos ? sql_.size() - at_ : end + 1 - at_;
  }

  std::string_view word_at(size_t from) const {
    size_t end = from;
    while (end < sql_.size() && is_word(sql_[end])) ++end;
    return sql_.substr(from, end - from);
  }

  void take_parameter() {
    text_ += '$';
    ++at_;
    take(word_at(at_).size());
    if (!like_) return;
    like_ = false;
    if (lowered_) take(1);  // lower(?1)
    text_ += kNoEscapes;
  }

  void take_word(std::string_view word) {
    if (word == "INDEXED") return skip_index();
    if (word == "CROSS") return skip(word.size() + 1);
    if (word == "rowid") {
      text_ += "ctid";
      at_ += word.size();
      return;
    }
    if (word == "LIKE") {
      like_ = true;
      lowered_ = sql_.substr(at_).starts_with("LIKE lower(");
    }
    take(word.size());
  }

  // "INDEXED BY name "
  void skip_index() {
    constexpr std::string_view kStart = "INDEXED BY ";
    skip(kStart.size() + word_at(std::min(sql_.size(), at_ + kStart.size())).size() + 1);
  }

  void skip(size_t length) { at_ = std::min(sql_.size(), at_ + length); }

  std::string_view sql_;
  size_t at_ = 0;
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
  char quote = 0;
  for (size_t at = 0; at < sql.size(); ++at) {
    if (quote != 0) {
      if (sql[at] == quote) quote = 0;
    } else if (sql[at] == '\'' || sql[at] == '"') {
      quote = sql[at];
    } else if (sql[at] == '?') {
      int number = 0;
      std::from_chars(sql.data() + at + 1, sql.data() + sql.size(), number);
      most = std::max(most, number);
    }
  }
  return most;
}

}  // namespace millrace::sql::postgres
