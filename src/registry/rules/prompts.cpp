#include "registry/rules/prompts.h"

namespace millrace::registry {
namespace {

bool is_about_mark(const v1::Comparison& comparison) {
  return comparison.field().kind() == v1::FIELD_KIND_TAG && comparison.field().name() == kIsPrompt;
}

bool asks_for_prompts(const v1::Comparison& comparison) {
  const std::string value = lower_case(comparison.text());
  return is_about_mark(comparison) &&
         ((comparison.comparator() == v1::COMPARATOR_EQUAL && value == "true") ||
          (comparison.comparator() == v1::COMPARATOR_NOT_EQUAL && value == "false"));
}

bool asks_for_prompts(const v1::Filter& filter) {
  const auto any = [](const v1::FilterList& list) {
    return std::any_of(list.filters().begin(), list.filters().end(),
                       [](const v1::Filter& inner) { return asks_for_prompts(inner); });
  };
  switch (filter.node_case()) {
    case v1::Filter::kAllOf:
      return any(filter.all_of());
    case v1::Filter::kAnyOf:
      return any(filter.any_of());
    case v1::Filter::kComparison:
      return asks_for_prompts(filter.comparison());
    default:
      return false;
  }
}

v1::Filter mark(v1::Comparator comparator) {
  v1::Filter filter;
  v1::FieldRef& field = *filter.mutable_comparison()->mutable_field();
  field.set_kind(v1::FIELD_KIND_TAG);
  field.set_name(std::string(kIsPrompt));
  filter.mutable_comparison()->set_comparator(comparator);
  return filter;
}

v1::Filter no_prompt() {
  v1::Filter filter;
  *filter.mutable_any_of()->add_filters() = mark(v1::COMPARATOR_IS_NULL);
  v1::Filter& other = *filter.mutable_any_of()->add_filters();
  other = mark(v1::COMPARATOR_NOT_EQUAL);
  other.mutable_comparison()->set_text("true");
  return filter;
}

// Comparisons with the mark that do not ask for prompts become the exclusion itself.
void rewrite_marks(v1::Filter& filter) {
  switch (filter.node_case()) {
    case v1::Filter::kAllOf:
      for (v1::Filter& inner : *filter.mutable_all_of()->mutable_filters()) rewrite_marks(inner);
      return;
    case v1::Filter::kAnyOf:
      for (v1::Filter& inner : *filter.mutable_any_of()->mutable_filters()) rewrite_marks(inner);
      return;
    default:
      if (is_about_mark(filter.comparison())) filter = no_prompt();
  }
}

}  // namespace

v1::Filter with_prompts_as_asked(v1::Filter filter) {
  if (asks_for_prompts(filter)) return filter;
  v1::Filter result;
  if (filter.node_case() != v1::Filter::NODE_NOT_SET) {
    rewrite_marks(filter);
    *result.mutable_all_of()->add_filters() = std::move(filter);
  }
  *result.mutable_all_of()->add_filters() = no_prompt();
  return result;
}

}  // namespace millrace::registry
