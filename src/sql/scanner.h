#pragma once

#include <algorithm>
#include <charconv>
#include <string_view>

namespace millrace::sql {

/// Walks over a statement of the stores, for dialects: words, parameters (`?1`), texts in quotes, the rest.
class Scanner {
 public:
  explicit Scanner(std::string_view sql) : sql_(sql) {}

  bool done() const { return at_ == sql_.size(); }
  std::string_view rest() const { return sql_.substr(at_); }
  bool at(std::string_view text) const { return rest().starts_with(text); }
  bool at_quote() const { return at("'") || at("\""); }
  bool at_parameter() const { return at("?"); }
  bool at_word() const { return !done() && is_word(sql_[at_]); }

  /// The word here, empty when there is none.
  std::string_view word() const {
    size_t end = at_;
    while (end < sql_.size() && is_word(sql_[end])) ++end;
    return sql_.substr(at_, end - at_);
  }

  std::string_view take(size_t length) {
    const std::string_view taken = rest().substr(0, length);
    at_ += taken.size();
    return taken;
  }
  std::string_view take_word() { return take(word().size()); }
  /// A whole text with its quotes, or all that is left where it has no end. Two quotes in a row stand for one
  /// and end nothing, as two texts side by side.
  std::string_view take_quoted() {
    const size_t end = sql_.find(sql_[at_], at_ + 1);
    return take(end == std::string_view::npos ? sql_.size() - at_ : end + 1 - at_);
  }
  /// The number of the parameter here.
  int take_parameter() {
    take(1);
    int number = 0;
    const std::string_view digits = take_word();
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
  }
  /// Goes past `text` if it is here.
  bool skip(std::string_view text) {
    if (!at(text)) return false;
    take(text.size());
    return true;
  }

  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

 private:
  std::string_view sql_;
  size_t at_ = 0;
};

}  // namespace millrace::sql
