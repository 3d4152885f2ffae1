#include "query/lexer.h"

#include <algorithm>

#include "base/error.h"

namespace millrace::query {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_quote(char c) {
  return c == '"' || c == '`';
}

bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Keys may hold what metric names may hold, except blanks, which need quotes.
bool continues_name(char c) {
  return starts_name(c) || is_digit(c) || c == '.' || c == '-' || c == '/' || c == ':';
}

}  // namespace

void refuse(std::string_view text, size_t position, const std::string& what) {
  // Columns are told in characters: bytes that continue a UTF-8 sequence do not count.
  const auto column =
      1 + std::count_if(text.begin(), text.begin() + static_cast<ptrdiff_t>(std::min(position, text.size())),
                        [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
  throw_invalid_parameter(what + " (at position " + std::to_string(column) + ")");
}

Token Lexer::next() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
    ++at_;
  const size_t start = at_;
  if (at_ == text_.size()) return {TokenKind::kEnd, start, {}, {}, {}};
  const char c = text_[at_];
  const auto single = [&](TokenKind kind) { return Token{kind, start, text_.substr(at_++, 1), {}, {}}; };
  if (c == '(') return single(TokenKind::kOpen);
  if (c == ')') return single(TokenKind::kClose);
  if (c == ',') return single(TokenKind::kComma);
  if (c == '\'') return quoted_text();
  if (starts_name(c) || is_quote(c)) return name();
  if (is_digit(c) || c == '-' || c == '+' || c == '.') return number();
  return comparator();
}

// Names and double-quoted texts look alike; which one it is depends on where it stands, so that is for the
// parser.
Token Lexer::name() {
  Token token{TokenKind::kName, at_, {}, {}, {}};
  bool dotted = false;
  std::string part;
  while (at_ < text_.size() && (continues_name(text_[at_]) || is_quote(text_[at_]))) {
    if (is_quote(text_[at_])) {
      part += quoted();
    } else if (text_[at_] == '.' && !dotted) {
      token.prefix = std::move(part);
      part.clear();
      dotted = true;
      ++at_;
    } else {
      part += text_[at_++];
    }
  }
  token.value = std::move(part);
  token.text = text_.substr(token.position, at_ - token.position);
  return token;
}

// The text between the quote at `at_` and its end; the quote itself is written twice inside.
std::string Lexer::quoted() {
  const size_t start = at_;
  const char quote = text_[at_++];
  std::string value;
  while (at_ < text_.size()) {
    if (text_[at_] != quote) {
      value += text_[at_++];
    } else if (at_ + 1 < text_.size() && text_[at_ + 1] == quote) {
      value += quote;
      at_ += 2;
    } else {
      ++at_;
      return value;
    }
  }
  refuse(text_, start, std::string("Invalid clause(s) in filter string: the quote ") + quote + " has no end");
}

Token Lexer::quoted_text() {
  const size_t start = at_;
  std::string value = quoted();
  return {TokenKind::kText, start, text_.substr(start, at_ - start), std::move(value), {}};
}

Token Lexer::number() {
  const size_t start = at_;
  if (text_[at_] == '-' || text_[at_] == '+') ++at_;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    const bool sign_of_exponent = (c == '-' || c == '+') && (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E');
    if (!is_digit(c) && c != '.' && c != 'e' && c != 'E' && !sign_of_exponent) break;
    ++at_;
  }
  const std::string_view text = text_.substr(start, at_ - start);
  return {TokenKind::kNumber, start, text, std::string(text), {}};
}

Token Lexer::comparator() {
  const size_t start = at_;
  for (const std::string_view known : {"!=", "<>", "<=", ">=", "==", "=", "<", ">"}) {
    if (!text_.substr(at_).starts_with(known)) continue;
    at_ += known.size();
    return {TokenKind::kComparator, start, known, std::string(known), {}};
  }
  refuse(
      text_, start,
      "Invalid clause(s) in filter string: unexpected character '" + std::string(text_.substr(at_, 1)) + "'");
}

}  // namespace millrace::query
