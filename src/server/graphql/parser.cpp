#include <cctype>

#include "base/error.h"
#include "server/graphql/document.h"
#include "wire/json_writer.h"

namespace millrace::server::graphql {
namespace {

constexpr int kDeepest = 10;
constexpr int kMostSelections = 1000;

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Document parse() {
    Document document;
    int operations = 0;
    for (skip(); at_ < text_.size(); skip()) {
      if (peek() == '{') {
        document.operation = selections(1);
        ++operations;
        continue;
      }
      const std::string word = name();
      if (word == "fragment") {
        const std::string fragment = name();
        skip_type_condition();
        document.fragments[fragment] = selections(1);
      } else if (word == "query") {
        skip_operation_head();
        document.operation = selections(1);
        ++operations;
      } else {
        fail("only queries are served, not '" + word + "'");
      }
    }
    if (operations != 1) fail("a document with exactly one query is expected");
    return document;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw_invalid_parameter("GraphQL: " + what + " (at character " + std::to_string(at_ + 1) + ")");
  }

  // Blanks, commas and comments mean nothing.
  void skip() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',') {
        ++at_;
      } else {
        return;
      }
    }
  }

  char peek() {
    skip();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  void expect(char c) {
    if (!take(c)) fail(std::string("'") + c + "' is expected");
  }

  std::string name() {
    skip();
    const size_t start = at_;
    while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
    if (at_ == start) fail("a name is expected");
    return std::string(text_.substr(start, at_ - start));
  }

  void skip_type_condition() {
    if (name() != "on") fail("'on' is expected");
    name();
    skip_directives();
  }

  // query Name($id: String!, $n: Int = 5) @component(name: "x")
  void skip_operation_head() {
    if (is_name_character(peek())) name();
    if (peek() == '(') skip_parentheses();
    skip_directives();
  }

  void skip_directives() {
    while (take('@')) {
      name();
      if (peek() == '(') skip_parentheses();
    }
  }

  void skip_parentheses() {
    int depth = 0;
    do {
      const char c = peek();
      if (c == '\0') fail("')' is expected");
      if (c == '"') {
        text_value();
        continue;
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      ++at_;
    } while (depth > 0);
  }

  std::vector<Selection> selections(int depth) {
    if (depth > kDeepest) fail("the query is nested deeper than " + std::to_string(kDeepest) + " levels");
    expect('{');
    std::vector<Selection> result;
    while (!take('}')) {
      if (++count_ > kMostSelections)
        fail("the query has more than " + std::to_string(kMostSelections) + " selections");
      if (peek() == '.') {
        spread(depth, result);
      } else {
        result.push_back(field(depth));
      }
    }
    return result;
  }

  void spread(int depth, std::vector<Selection>& into) {
    for (int i = 0; i < 3; ++i) expect('.');
    if (is_name_character(peek()) && text_.substr(at_, 3) != "on ") {
      Selection selection;
      selection.fragment = name();
      skip_directives();
      into.push_back(std::move(selection));
      return;
    }
    if (is_name_character(peek())) skip_type_condition();
    skip_directives();
    for (Selection& inner : selections(depth + 1)) into.push_back(std::move(inner));
  }

  Selection field(int depth) {
    Selection selection;
    selection.name = name();
    selection.alias = selection.name;
    if (take(':')) selection.name = name();
    if (take('(')) {
      while (!take(')')) selection.arguments.push_back(argument());
    }
    skip_directives();
    if (peek() == '{') selection.children = selections(depth + 1);
    return selection;
  }

  Argument argument() {
    Argument result;
    result.name = name();
    expect(':');
    result.is_variable = take('$');
    result.json = result.is_variable ? name() : value(1);
    return result;
  }

  std::string value(int depth) {
    if (depth > kDeepest) fail("a value is nested too deep");
    const char c = peek();
    if (c == '"') return text_value();
    if (c == '[') return list_value(depth);
    if (c == '{') return object_value(depth);
    if (c == '$') fail("variables inside of values are not served");
    const size_t start = at_;
    while (at_ < text_.size() &&
           (is_name_character(text_[at_]) || text_[at_] == '-' || text_[at_] == '+' || text_[at_] == '.'))
      ++at_;
    const std::string word(text_.substr(start, at_ - start));
    if (word.empty()) fail("a value is expected");
    if (word == "true" || word == "false" || word == "null" || word[0] == '-' ||
        std::isdigit(static_cast<unsigned char>(word[0])))
      return word;
    std::string quoted;  // an enum's name
    wire::append_json_string(word, quoted);
    return quoted;
  }

  // Escapes are those of JSON.
  std::string text_value() {
    const size_t start = at_++;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_ >= text_.size()) fail("a text has no end");
    ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  std::string list_value(int depth) {
    expect('[');
    std::string json = "[";
    while (!take(']')) json += (json.size() > 1 ? "," : "") + value(depth + 1);
    return json + "]";
  }

  std::string object_value(int depth) {
    expect('{');
    std::string json = "{";
    while (!take('}')) {
      if (json.size() > 1) json += ',';
      json += "\"" + name() + "\":";
      expect(':');
      json += value(depth + 1);
    }
    return json + "}";
  }

  std::string_view text_;
  size_t at_ = 0;
  int count_ = 0;
};

}  // namespace

Document parse_document(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace millrace::server::graphql
