#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::maintenance {

/// What MLflow 3.17 keeps in columns that older versions kept as JSON; the rules are those of its revision
/// 75868b020152. All of these take whatever text there is: what means nothing gives nothing.

/// The object of counts or costs of a trace.
class FigureObject {
 public:
  explicit FigureObject(std::string_view json) : json_(json) {}

  /// The member as a whole number: numbers and numbers in quotes that are whole and fit 64 bits.
  std::optional<int64_t> count(std::string_view name) const;
  /// The member as a finite number.
  std::optional<double> amount(std::string_view name) const;
  /// The member when it is a string.
  std::optional<std::string> text(std::string_view name) const;

 private:
  std::string json_;
};

/// The count that a metric is: whole numbers only.
std::optional<int64_t> whole_count(double value);

/// The first so many characters of a UTF-8 text.
std::string shortened(std::string_view text, size_t characters);

/// What an assessment adds to averages.
struct Aggregate {
  std::optional<double> value;
  bool is_numeric = false;
};

/// Of an assessment's value, as JSON: truths and yes or no are 1 and 0, numbers are themselves.
Aggregate aggregate_of(std::string_view json);

/// What is wrong with the attributes of a span that are to be dropped: empty when they are nothing but the
/// names of a model and its provider.
std::string fault_of_dimensions(std::string_view json);

}  // namespace millrace::maintenance
