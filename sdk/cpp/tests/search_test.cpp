#include "millrace/search.h"

#include <doctest/doctest.h>

#include <limits>

#include "base/error.h"

using namespace millrace;

namespace {

v1::Comparison metric(v1::Comparator comparator, double number) {
  v1::Comparison comparison;
  comparison.mutable_field()->set_kind(v1::FIELD_KIND_METRIC);
  comparison.mutable_field()->set_name("m");
  comparison.set_comparator(comparator);
  comparison.set_number(number);
  return comparison;
}

v1::Comparison tag(v1::Comparator comparator, const std::string& text) {
  v1::Comparison comparison;
  comparison.mutable_field()->set_kind(v1::FIELD_KIND_TAG);
  comparison.mutable_field()->set_name("t");
  comparison.set_comparator(comparator);
  comparison.set_text(text);
  return comparison;
}

v1::Run run_with_metric(double value) {
  v1::Run run;
  run.mutable_data()->add_metrics()->set_key("m");
  run.mutable_data()->mutable_metrics(0)->set_value(value);
  return run;
}

v1::Run run_with_tag(const std::string& value) {
  v1::Run run;
  run.mutable_data()->add_tags()->set_key("t");
  run.mutable_data()->mutable_tags(0)->set_value(value);
  return run;
}

bool matches(const v1::Run& run, const v1::Comparison& comparison) {
  v1::Filter filter;
  *filter.mutable_comparison() = comparison;
  return search::matches(filter, search::fields_of(run));
}

bool is_like(const std::string& text, const std::string& pattern, bool any_case = false) {
  return matches(run_with_tag(text), tag(any_case ? v1::COMPARATOR_ILIKE : v1::COMPARATOR_LIKE, pattern));
}

const double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("numbers are compared, and NaN is unequal to everything") {
  CHECK(matches(run_with_metric(2), metric(v1::COMPARATOR_GREATER, 1)));
  CHECK_FALSE(matches(run_with_metric(1), metric(v1::COMPARATOR_GREATER, 1)));
  CHECK(matches(run_with_metric(kNan), metric(v1::COMPARATOR_NOT_EQUAL, 1)));
  for (const auto comparator : {v1::COMPARATOR_EQUAL, v1::COMPARATOR_LESS, v1::COMPARATOR_GREATER_EQUAL})
    CHECK_FALSE(matches(run_with_metric(kNan), metric(comparator, 1)));
}

TEST_CASE("what lacks a name fails every comparison but IS NULL") {
  for (const auto comparator : {v1::COMPARATOR_EQUAL, v1::COMPARATOR_NOT_EQUAL, v1::COMPARATOR_IS_NOT_NULL})
    CHECK_FALSE(matches(v1::Run(), metric(comparator, 1)));
  CHECK(matches(v1::Run(), metric(v1::COMPARATOR_IS_NULL, 0)));
}

TEST_CASE("LIKE knows any text and one character") {
  CHECK(is_like("abc", "abc"));
  CHECK(is_like("abc", "a%"));
  CHECK(is_like("abc", "%c"));
  CHECK(is_like("abc", "%"));
  CHECK(is_like("", "%"));
  CHECK(is_like("a.b.c.d", "a%.%d"));
  CHECK(
      is_like("a\xc3\xa4"
              "c",
              "a_c"));
  CHECK(is_like("a%", "a_"));
  CHECK_FALSE(is_like("abc", "b%"));
  CHECK_FALSE(is_like("abc", "ab"));
  CHECK_FALSE(is_like("ab", "ab_"));
  CHECK_FALSE(is_like("ABC", "abc"));
  CHECK(is_like("ABC", "a%C", true));
  CHECK_FALSE(is_like("axc", "a.c"));
}

TEST_CASE("a pattern with many signs is decided soon") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "%a";
  CHECK_FALSE(is_like(std::string(5000, 'a') + "b", pattern + "c"));
}

TEST_CASE("lists, parts and choices") {
  v1::Comparison in = tag(v1::COMPARATOR_IN, "");
  in.mutable_texts()->add_values(std::string("x"));
  CHECK(matches(run_with_tag("x"), in));
  CHECK_FALSE(matches(run_with_tag("y"), in));
  v1::Filter all;
  *all.mutable_all_of()->add_filters()->mutable_comparison() = in;
  *all.mutable_all_of()->add_filters()->mutable_comparison() = tag(v1::COMPARATOR_NOT_EQUAL, "x");
  CHECK_FALSE(search::matches(all, search::fields_of(run_with_tag("x"))));
  v1::Filter any;
  *any.mutable_any_of() = all.all_of();
  const v1::Run x = run_with_tag("x");
  CHECK(search::matches(any, search::fields_of(x)));
  CHECK(search::matches(v1::Filter(), search::fields_of(x)));
}

TEST_CASE("an attribute that is not kept is an error") {
  v1::Comparison comparison = tag(v1::COMPARATOR_EQUAL, "x");
  comparison.mutable_field()->set_kind(v1::FIELD_KIND_ATTRIBUTE);
  comparison.mutable_field()->set_name("colour");
  CHECK_THROWS_WITH_AS(matches(v1::Run(), comparison), doctest::Contains("colour"), Error);
}

TEST_CASE("numbers come in their order, then NaN, then what lacks the field") {
  std::vector<v1::Run> runs{v1::Run(), run_with_metric(kNan), run_with_metric(1), run_with_metric(3)};
  google::protobuf::RepeatedPtrField<v1::OrderBy> terms;
  terms.Add()->mutable_field()->set_kind(v1::FIELD_KIND_METRIC);
  terms.Mutable(0)->mutable_field()->set_name("m");
  const auto fields = [](const v1::Run& run) { return search::fields_of(run); };
  search::sort(runs, terms, fields);
  CHECK(runs[0].data().metrics(0).value() == 1);
  CHECK(runs[1].data().metrics(0).value() == 3);
  CHECK(runs[3].data().metrics().empty());
  terms.Mutable(0)->set_descending(true);
  search::sort(runs, terms, fields);
  CHECK(runs[0].data().metrics(0).value() == 3);
  CHECK(runs[3].data().metrics().empty());
}

TEST_CASE("pages cover everything once, and strange cursors are refused") {
  v1::plugin::Page page;
  page.set_limit(4);
  size_t seen = 0;
  do {
    const search::PageBounds bounds = search::page_of(10, page);
    CHECK(bounds.begin == seen);
    seen = bounds.end;
    page.set_cursor(bounds.next_cursor);
  } while (!page.cursor().empty());
  CHECK(seen == 10);
  for (const char* cursor : {"x", "-1", "1x", "99999999999999999999"}) {
    page.set_cursor(cursor);
    CHECK_THROWS_AS(search::page_of(10, page), Error);
  }
  page.set_cursor("99");
  CHECK(search::page_of(10, page).begin == 10);
}
