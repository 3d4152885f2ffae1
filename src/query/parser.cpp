#include <charconv>
#include <cmath>

#include "base/error.h"
#include "query/fields.h"
#include "query/lexer.h"
#include "query/query.h"

namespace millrace::query {
namespace {

constexpr size_t kLongestText = 64 * 1024;
constexpr int kDeepestNesting = 64;
// Databases limit the depth of the expressions that filters become.
constexpr int kMostComparisons = 500;

bool is_word(const Token& token, std::string_view upper) {
  if (token.kind != TokenKind::kName || token.text.size() != upper.size()) return false;
  return std::equal(upper.begin(), upper.end(), token.text.begin(), [](char expected, char actual) {
    return expected == (actual >= 'a' && actual <= 'z' ? actual - 32 : actual);
  });
}

// A double-quoted piece by itself can be a value.
bool is_text(const Token& token) {
  return token.kind == TokenKind::kText ||
         (token.kind == TokenKind::kName && token.text.starts_with('"') && token.prefix.empty());
}

std::string described(const Token& token) {
  return token.kind == TokenKind::kEnd ? "the end" : "'" + std::string(token.text) + "'";
}

// Recursive descent over: filter = clause {OR clause}; clause = term {AND term}; term = '(' filter ')' |
// comparison.
class Parser {
 public:
  Parser(Entity entity, std::string_view text)
      : entity_(entity), text_(text), lexer_(text), token_(lexer_.next()) {}

  v1::Filter parse() {
    v1::Filter filter;
    if (token_.kind == TokenKind::kEnd) return filter;
    filter = parse_any();
    if (token_.kind != TokenKind::kEnd) refuse_token("expected AND, OR or the end");
    return filter;
  }

 private:
  [[noreturn]] void refuse_token(const std::string& expected) const {
    refuse(text_, token_.position,
           "Invalid clause(s) in filter string: " + described(token_) + ", " + expected);
  }

  Token take() {
    Token token = std::move(token_);
    token_ = lexer_.next();
    return token;
  }

  v1::Filter parse_any() {
    v1::Filter first = parse_all();
    if (!is_word(token_, "OR")) return first;
    v1::Filter result;
    *result.mutable_any_of()->add_filters() = std::move(first);
    while (is_word(token_, "OR")) {
      take();
      *result.mutable_any_of()->add_filters() = parse_all();
    }
    return result;
  }

  v1::Filter parse_all() {
    v1::Filter first = parse_term();
    if (!is_word(token_, "AND")) return first;
    v1::Filter result;
    *result.mutable_all_of()->add_filters() = std::move(first);
    while (is_word(token_, "AND")) {
      take();
      *result.mutable_all_of()->add_filters() = parse_term();
    }
    return result;
  }

  v1::Filter parse_term() {
    if (token_.kind != TokenKind::kOpen) return parse_comparison();
    if (++depth_ > kDeepestNesting)
      refuse_token("nested too deep: at most " + std::to_string(kDeepestNesting) + " parentheses");
    take();
    v1::Filter inner = parse_any();
    if (token_.kind != TokenKind::kClose) refuse_token("expected ')'");
    take();
    --depth_;
    return inner;
  }

  v1::Filter parse_comparison() {
    if (token_.kind != TokenKind::kName) refuse_token("expected a name such as metrics.loss, or '('");
    if (++comparisons_ > kMostComparisons) {
      refuse_token("more than the " + std::to_string(kMostComparisons) +
                   " comparisons that a filter may have");
    }
    const Token name = take();
    const Field field = resolve_field(entity_, FieldUse::kFilter, name, text_);
    v1::Filter filter;
    v1::Comparison& comparison = *filter.mutable_comparison();
    *comparison.mutable_field() = field.ref;
    const Token comparator_token = token_;
    comparison.set_comparator(parse_comparator());
    check_comparator(entity_, field, comparison.comparator(), comparator_token, text_);
    parse_value(field, comparison);
    return filter;
  }

  v1::Comparator parse_comparator() {
    const Token token = take();
    if (token.kind == TokenKind::kComparator) return symbol(token.text);
    if (is_word(token, "LIKE")) return v1::COMPARATOR_LIKE;
    if (is_word(token, "ILIKE")) return v1::COMPARATOR_ILIKE;
    if (is_word(token, "IN")) return v1::COMPARATOR_IN;
    if (is_word(token, "NOT")) {
      expect_word("IN");
      return v1::COMPARATOR_NOT_IN;
    }
    if (is_word(token, "IS")) return parse_null_test();
    refuse(text_, token.position,
           "Invalid clause(s) in filter string: " + described(token) +
               ", expected a comparator: =, !=, <, <=, >, >=, LIKE, ILIKE, IN, NOT IN, IS NULL");
  }

  v1::Comparator parse_null_test() {
    const bool negated = is_word(token_, "NOT");
    if (negated) take();
    expect_word("NULL");
    return negated ? v1::COMPARATOR_IS_NOT_NULL : v1::COMPARATOR_IS_NULL;
  }

  void expect_word(std::string_view word) {
    if (!is_word(token_, word)) refuse_token("expected " + std::string(word));
    take();
  }

  static v1::Comparator symbol(std::string_view text) {
    if (text == "=" || text == "==") return v1::COMPARATOR_EQUAL;
    if (text == "!=" || text == "<>") return v1::COMPARATOR_NOT_EQUAL;
    if (text == "<") return v1::COMPARATOR_LESS;
    if (text == "<=") return v1::COMPARATOR_LESS_EQUAL;
    return text == ">" ? v1::COMPARATOR_GREATER : v1::COMPARATOR_GREATER_EQUAL;
  }

  void parse_value(const Field& field, v1::Comparison& comparison) {
    switch (comparison.comparator()) {
      case v1::COMPARATOR_IS_NULL:
      case v1::COMPARATOR_IS_NOT_NULL:
        return;
      case v1::COMPARATOR_IN:
      case v1::COMPARATOR_NOT_IN:
        return parse_list(*comparison.mutable_texts());
      default:
        break;
    }
    if (field.type == ValueType::kText) {
      comparison.set_text(parse_text(field));
    } else if (field.type == ValueType::kInteger) {
      comparison.set_integer(parse_integer(field));
    } else {
      comparison.set_number(parse_number());
    }
  }

  std::string parse_text(const Field& field) {
    if (!is_text(token_)) {
      refuse(text_, token_.position,
             "Expected a quoted string value for '" + field.ref.name() + "' (e.g. 'my-value'). Got value " +
                 described(token_));
    }
    return take().value;
  }

  double parse_number() {
    if (token_.kind != TokenKind::kNumber) {
      refuse(text_, token_.position, "Expected numeric value type for metric. Found " + described(token_));
    }
    const Token token = take();
    std::string_view digits = token.value;
    if (digits.starts_with('+')) digits.remove_prefix(1);
    double number = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (fault != std::errc() || end != digits.data() + digits.size()) {
      refuse(text_, token.position, "Expected numeric value type for metric. Found " + described(token));
    }
    return number;
  }

  // Whole numbers of any notation; the columns behind are integers.
  int64_t parse_integer(const Field& field) {
    // Clients write numbers of versions as texts too, since that is what the API gives them as.
    if (entity_ == Entity::kModelVersion && is_text(token_)) token_.kind = TokenKind::kNumber;
    const Token token = token_;
    const double number = token.kind == TokenKind::kNumber ? parse_number() : std::nan("");
    if (std::isnan(number)) {
      refuse(text_, token.position,
             "Expected numeric value type for numeric attribute: " + field.ref.name() + ". Found " +
                 described(token));
    }
    int64_t whole = 0;
    const auto [end, fault] =
        std::from_chars(token.value.data(), token.value.data() + token.value.size(), whole);
    if (fault == std::errc() && end == token.value.data() + token.value.size()) return whole;
    if (std::floor(number) != number || std::fabs(number) > 9.0e18) {
      refuse(text_, token.position,
             "Invalid value for numeric attribute '" + field.ref.name() + "': " + described(token) +
                 " is not a whole number in range");
    }
    return static_cast<int64_t>(number);
  }

  void parse_list(v1::TextList& list) {
    if (token_.kind != TokenKind::kOpen) refuse_token("expected a list such as ('a', 'b')");
    do {
      take();
      if (list.values_size() > 0 && token_.kind == TokenKind::kClose) break;  // ('a',) as Python writes it
      if (!is_text(token_)) {
        refuse(text_, token_.position,
               "While parsing a list in the query, expected a non-empty list of string values, but got " +
                   described(token_));
      }
      list.add_values(take().value);
    } while (token_.kind == TokenKind::kComma);
    if (token_.kind != TokenKind::kClose) refuse_token("expected ',' or ')'");
    take();
  }

  Entity entity_;
  std::string_view text_;
  Lexer lexer_;
  Token token_;
  int depth_ = 0;
  int comparisons_ = 0;
};

void check_length(std::string_view text) {
  if (text.size() > kLongestText) {
    throw_invalid_parameter("The filter is longer than " + std::to_string(kLongestText) + " bytes.");
  }
}

}  // namespace

v1::Filter parse_filter(Entity entity, std::string_view text) {
  check_length(text);
  return Parser(entity, text).parse();
}

v1::OrderBy parse_order_by(Entity entity, std::string_view text) {
  check_length(text);
  Lexer lexer(text);
  const Token name = lexer.next();
  const Token direction = lexer.next();
  const bool descending = is_word(direction, "DESC");
  if (name.kind != TokenKind::kName) {
    refuse(text, name.position,
           "Invalid order_by clause '" + std::string(text) +
               "'. Could not be parsed: expected a name such as metrics.loss");
  }
  if (direction.kind != TokenKind::kEnd && !descending && !is_word(direction, "ASC")) {
    refuse(text, direction.position,
           "Invalid ordering key in order_by clause '" + std::string(text) + "': expected ASC or DESC");
  }
  if (direction.kind != TokenKind::kEnd && lexer.next().kind != TokenKind::kEnd) {
    refuse(text, direction.position,
           "Invalid order_by clause '" + std::string(text) +
               "'. Could not be parsed: expected nothing after ASC or DESC");
  }
  v1::OrderBy order;
  *order.mutable_field() = resolve_field(entity, FieldUse::kOrder, name, text).ref;
  order.set_descending(descending);
  const bool by_tags = entity == Entity::kRun || entity == Entity::kLoggedModel;
  if (order.field().kind() == v1::FIELD_KIND_DATASET ||
      (!by_tags && order.field().kind() == v1::FIELD_KIND_TAG)) {
    refuse(text, name.position, "Invalid order_by entity: '" + name.prefix + "'");
  }
  return order;
}

}  // namespace millrace::query
