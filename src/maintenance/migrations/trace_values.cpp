#include "maintenance/migrations/trace_values.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "wire/bare_numbers.h"

namespace millrace::maintenance {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// Python writes NaN and Infinity as bare words; in quotes they are as little a finite number.
class Parsed {
 public:
  explicit Parsed(std::string_view json) {
    const std::string body = wire::quote_bare_numbers(json);
    is_json_ = parser_.parse(body).get(root_) == simdjson::SUCCESS;
  }

  bool is_json() const { return is_json_; }
  const element& root() const { return root_; }

  std::optional<element> member(std::string_view name) const {
    element found;
    if (!is_json_ || !root_.is_object() || root_[name].get(found) != simdjson::SUCCESS) return std::nullopt;
    return found;
  }

 private:
  simdjson::dom::parser parser_;
  element root_;
  bool is_json_ = false;
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\r\f\v";
  const size_t start = text.find_first_not_of(kBlanks);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kBlanks) - start + 1);
}

std::optional<double> finite(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<double> amount_in(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return finite(value);
}

std::optional<int64_t> count_in(std::string_view text) {
  const std::string_view digits = trimmed(text);
  int64_t value = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (fault == std::errc() && end == digits.data() + digits.size() && !digits.empty()) return value;
  const std::optional<double> amount = amount_in(text);
  return amount ? whole_count(*amount) : std::nullopt;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char letter) { return letter < 128 ? std::tolower(letter) : letter; });
  return result;
}

Aggregate aggregate_of_text(std::string_view text) {
  const std::string word = lower(trimmed(text));
  if (word == "yes") return {1.0, false};
  if (word == "no") return {0.0, false};
  return {};
}

bool is_model_attribute(std::string_view name) {
  return name == "mlflow.llm.model" || name == "mlflow.llm.provider";
}

}  // namespace

std::optional<int64_t> whole_count(double value) {
  constexpr double kEnd = 9223372036854775808.0;  // 2^63
  if (!std::isfinite(value) || std::trunc(value) != value || value < -kEnd || value >= kEnd)
    return std::nullopt;
  return static_cast<int64_t>(value);
}

std::optional<int64_t> FigureObject::count(std::string_view name) const {
  const Parsed parsed(json_);
  const auto member = parsed.member(name);
  if (!member) return std::nullopt;
  switch (member->type()) {
    case element_type::INT64:
      return member->get_int64().value();
    case element_type::DOUBLE:
      return whole_count(member->get_double().value());
    case element_type::STRING:
      return count_in(member->get_string().value());
    default:
      return std::nullopt;
  }
}

std::optional<double> FigureObject::amount(std::string_view name) const {
  const Parsed parsed(json_);
  const auto member = parsed.member(name);
  if (!member) return std::nullopt;
  switch (member->type()) {
    case element_type::INT64:
      return static_cast<double>(member->get_int64().value());
    case element_type::UINT64:
      return static_cast<double>(member->get_uint64().value());
    case element_type::DOUBLE:
      return finite(member->get_double().value());
    case element_type::STRING:
      return amount_in(member->get_string().value());
    default:
      return std::nullopt;
  }
}

std::optional<std::string> FigureObject::text(std::string_view name) const {
  const Parsed parsed(json_);
  const auto member = parsed.member(name);
  if (!member || !member->is_string()) return std::nullopt;
  return std::string(member->get_string().value());
}

std::string shortened(std::string_view text, size_t characters) {
  size_t end = 0;
  for (size_t seen = 0; end < text.size(); ++end) {
    const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (begins && seen++ == characters) break;
  }
  return std::string(text.substr(0, end));
}

Aggregate aggregate_of(std::string_view json) {
  const Parsed parsed(json);
  if (!parsed.is_json()) return aggregate_of_text(json);
  switch (parsed.root().type()) {
    case element_type::BOOL:
      return {parsed.root().get_bool().value() ? 1.0 : 0.0, false};
    case element_type::INT64:
      return {static_cast<double>(parsed.root().get_int64().value()), true};
    case element_type::UINT64:
      return {static_cast<double>(parsed.root().get_uint64().value()), true};
    case element_type::DOUBLE: {
      const auto value = finite(parsed.root().get_double().value());
      return {value, value.has_value()};
    }
    case element_type::STRING:
      return aggregate_of_text(parsed.root().get_string().value());
    default:
      return {};
  }
}

std::string fault_of_dimensions(std::string_view json) {
  const Parsed parsed(json);
  if (!parsed.is_json()) return "malformed JSON";
  if (parsed.root().is_null()) return "";
  if (!parsed.root().is_object()) return "no object";
  const simdjson::dom::object members = parsed.root().get_object().value();
  for (const auto& [name, value] : members) {
    if (!is_model_attribute(name) || !(value.is_null() || value.is_string()))
      return "the attribute '" + std::string(name) + "'";
  }
  return "";
}

}  // namespace millrace::maintenance
