#include <algorithm>

#include "conformance/testing/defects.h"
#include "conformance/testing/faults.h"

namespace millrace::conformance::testing {
namespace {

using Store = StoreOfFunctions;
using v1::plugin::RunPage;
using v1::plugin::RunQuery;

// Calls `change` with every node of the tree that is a comparison.
template <typename Change>
void each_comparison(v1::Filter& filter, const Change& change) {
  if (filter.has_comparison()) return change(filter);
  auto* list = filter.has_all_of() ? filter.mutable_all_of() : filter.mutable_any_of();
  for (auto& child : *list->mutable_filters()) each_comparison(child, change);
}

/// Spoils comparisons with `comparator` on fields of `kind`, any kind when unspecified.
template <typename Change>
void spoil_filter(Store& store, v1::Comparator comparator, v1::FieldKind kind, Change change) {
  before(store.on_search_runs, [=](RunQuery& query) {
    if (query.filter().node_case() == v1::Filter::NODE_NOT_SET) return;
    each_comparison(*query.mutable_filter(), [&](v1::Filter& filter) {
      const v1::Comparison& comparison = filter.comparison();
      const bool of_kind = kind == v1::FIELD_KIND_UNSPECIFIED || comparison.field().kind() == kind;
      if (comparison.comparator() == comparator && of_kind) change(filter);
    });
  });
}

StoreDefect other_comparator(const char* check, v1::Comparator from, v1::FieldKind kind, v1::Comparator to) {
  return {check, [=](Store& store, auto&) {
            spoil_filter(store, from, kind,
                         [to](v1::Filter& filter) { filter.mutable_comparison()->set_comparator(to); });
          }};
}

// The comparison or another one of the same field.
void add_alternative(v1::Filter& filter, v1::Comparator first, v1::Comparator second) {
  const v1::Comparison original = filter.comparison();
  for (const v1::Comparator comparator : {first, second}) {
    v1::Comparison& comparison = *filter.mutable_any_of()->add_filters()->mutable_comparison();
    comparison = original;
    comparison.set_comparator(comparator);
  }
}

template <typename Change>
StoreDefect in_filter(const char* check, v1::Comparator comparator, v1::FieldKind kind, Change change) {
  return {check, [=](Store& store, auto&) {
            spoil_filter(store, comparator, kind,
                         [&](v1::Filter& filter) { change(filter, *filter.mutable_comparison()); });
          }};
}

// Puts runs for which `goes_first` holds at the front of each page.
template <typename Rule>
StoreDefect at_the_front(const char* check, Rule goes_first) {
  return {check, [goes_first](Store& store, auto&) {
            after(store.on_search_runs, [goes_first](RunPage& page, const auto&) {
              std::stable_partition(page.mutable_runs()->begin(), page.mutable_runs()->end(), goes_first);
            });
          }};
}

void any_becomes_all(v1::Filter& filter) {
  if (filter.has_any_of()) {
    const v1::FilterList list = filter.any_of();
    *filter.mutable_all_of() = list;
  }
  if (!filter.has_all_of()) return;
  for (auto& child : *filter.mutable_all_of()->mutable_filters()) any_becomes_all(child);
}

std::vector<StoreDefect> filter_defects() {
  return {
      other_comparator("metrics compare by number", v1::COMPARATOR_GREATER_EQUAL, v1::FIELD_KIND_METRIC,
                       v1::COMPARATOR_GREATER),
      in_filter("a comparison takes the latest value of a metric", v1::COMPARATOR_GREATER,
                v1::FIELD_KIND_METRIC, [](auto&, v1::Comparison& comparison) { comparison.set_number(-1); }),
      in_filter("NaN is unequal to every number and neither less nor greater", v1::COMPARATOR_NOT_EQUAL,
                v1::FIELD_KIND_METRIC,
                [](v1::Filter& filter, auto&) {
                  add_alternative(filter, v1::COMPARATOR_LESS, v1::COMPARATOR_GREATER);
                }),
      other_comparator("infinities are greater and less than every number", v1::COMPARATOR_GREATER,
                       v1::FIELD_KIND_METRIC, v1::COMPARATOR_EQUAL),
      other_comparator("params compare as text", v1::COMPARATOR_EQUAL, v1::FIELD_KIND_PARAM,
                       v1::COMPARATOR_ILIKE),
      in_filter(
          "tags compare as text", v1::COMPARATOR_EQUAL, v1::FIELD_KIND_TAG,
          [](auto&, v1::Comparison& comparison) { comparison.set_text(without_emoji(comparison.text())); }),
      other_comparator("LIKE minds letter case", v1::COMPARATOR_LIKE, v1::FIELD_KIND_PARAM,
                       v1::COMPARATOR_ILIKE),
      other_comparator("ILIKE does not mind letter case", v1::COMPARATOR_ILIKE, v1::FIELD_KIND_PARAM,
                       v1::COMPARATOR_LIKE),
      other_comparator("% stands for any text and _ for one character", v1::COMPARATOR_LIKE,
                       v1::FIELD_KIND_TAG, v1::COMPARATOR_EQUAL),
      in_filter("IN picks from a list", v1::COMPARATOR_IN, v1::FIELD_KIND_UNSPECIFIED,
                [](auto&, v1::Comparison& comparison) {
                  auto& values = *comparison.mutable_texts()->mutable_values();
                  values.DeleteSubrange(1, values.size() - 1);
                }),
      in_filter("NOT IN leaves a list out", v1::COMPARATOR_NOT_IN, v1::FIELD_KIND_UNSPECIFIED,
                [](auto&, v1::Comparison& comparison) {
                  auto& values = *comparison.mutable_texts()->mutable_values();
                  values.DeleteSubrange(1, values.size() - 1);
                }),
      other_comparator("IS NULL and IS NOT NULL ask whether a name is there", v1::COMPARATOR_IS_NULL,
                       v1::FIELD_KIND_UNSPECIFIED, v1::COMPARATOR_IS_NOT_NULL),
      in_filter("a comparison with what a run lacks is false", v1::COMPARATOR_NOT_EQUAL, v1::FIELD_KIND_PARAM,
                [](v1::Filter& filter, auto&) {
                  add_alternative(filter, v1::COMPARATOR_NOT_EQUAL, v1::COMPARATOR_IS_NULL);
                }),
      other_comparator("attributes of runs compare", v1::COMPARATOR_LESS, v1::FIELD_KIND_ATTRIBUTE,
                       v1::COMPARATOR_LESS_EQUAL),
      {"AND, OR and parentheses combine",
       [](Store& store, auto&) {
         before(store.on_search_runs, [](RunQuery& query) { any_becomes_all(*query.mutable_filter()); });
       }},
      in_filter("a value never becomes part of the query", v1::COMPARATOR_EQUAL, v1::FIELD_KIND_TAG,
                [](v1::Filter& filter, const v1::Comparison& comparison) {
                  if (comparison.text().find("OR 1=1") != std::string::npos) filter.Clear();
                }),
      {"a view shows active, deleted or all runs",
       [](Store& store, auto&) {
         before(store.on_search_runs, [](RunQuery& query) { query.set_view_type(v1::ALL); });
       }},
      {"a search covers the experiments that it names, or all",
       [](Store& store, auto&) {
         before(store.on_search_runs, [](RunQuery& query) {
           if (query.experiment_ids_size() > 1) query.clear_experiment_ids();
         });
       }},
      {"runs are found with their data",
       [](Store& store, auto&) {
         after(store.on_search_runs, [](RunPage& page, const auto&) {
           for (auto& run : *page.mutable_runs()) run.clear_data();
         });
       }},
      {"runs are searched by their datasets",
       [](Store& store, auto&) {
         before(store.on_search_runs, [](RunQuery& query) { query.clear_filter(); });
       }},
  };
}

std::vector<StoreDefect> order_defects() {
  return {
      {"newest runs come first and oldest when asked so",
       [](Store& store, auto&) {
         before(store.on_search_runs,
                [](RunQuery& query) { query.mutable_order_by(0)->set_descending(true); });
       }},
      {"runs of one start time come by id",
       [](Store& store, auto&) {
         before(store.on_search_runs,
                [](RunQuery& query) { query.mutable_order_by()->rbegin()->set_descending(true); });
         after(store.on_search_runs, [](RunPage& page, const auto&) {
           std::reverse(page.mutable_runs()->begin(), page.mutable_runs()->end());
         });
       }},
      at_the_front("an order by a metric puts NaN and then what lacks it last",
                   [](const v1::Run& run) { return run.data().metrics().empty(); }),
      at_the_front("an order by end time puts runs without one last",
                   [](const v1::Run& run) { return !run.info().has_end_time(); }),
      at_the_front("an order by a param or tag puts what lacks it last",
                   [](const v1::Run& run) { return run.data().params().empty(); }),
      {"several terms of an order break ties in turn",
       [](Store& store, auto&) {
         before(store.on_search_runs, [](RunQuery& query) {
           if (query.order_by_size() > 3) query.mutable_order_by()->DeleteSubrange(1, 1);
         });
       }},
      {"the last page has no cursor",
       [](Store& store, auto&) {
         after(store.on_search_runs, [](RunPage& page, const RunQuery& query) {
           if (page.runs_size() == query.page().limit() && page.next_cursor().empty())
             page.set_next_cursor("100");
         });
       }},
      {"pages of thousands of runs with ties show each once",
       [](Store& store, auto&) { repeat_entries(store.on_search_runs); }},
  };
}

}  // namespace

std::vector<StoreDefect> search_defects() {
  std::vector<StoreDefect> defects = filter_defects();
  for (StoreDefect& defect : order_defects()) defects.push_back(std::move(defect));
  return defects;
}

}  // namespace millrace::conformance::testing
