#pragma once

#include <string>
#include <string_view>

namespace millrace::query {

enum class TokenKind { kName, kText, kNumber, kComparator, kOpen, kClose, kComma, kEnd };

/// A piece of the text. A name may have parts in quotes: metrics."val loss" has prefix "metrics" and key "val
/// loss".
struct Token {
  TokenKind kind;
  size_t position;        ///< Index of the first byte.
  std::string_view text;  ///< As written.
  std::string value;      ///< Names and texts without their quotes.
  std::string prefix;     ///< Names: what stands before the first dot outside of quotes, or empty.
};

/// Cuts a text into tokens, one at a time.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  /// Throws INVALID_PARAMETER_VALUE at characters that start no token and at quotes without an end.
  Token next();

 private:
  Token name();
  Token quoted_text();
  Token number();
  Token comparator();
  std::string quoted();

  std::string_view text_;
  size_t at_ = 0;
};

/// Throws INVALID_PARAMETER_VALUE: what is wrong, where, and what was expected there.
[[noreturn]] void refuse(std::string_view text, size_t position, const std::string& what);

}  // namespace millrace::query
