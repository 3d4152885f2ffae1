#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "conformance/crew.h"
#include "conformance/tracking_store/checks.h"

namespace millrace::conformance {
namespace {

const CallContext kContext;

// Runs that were started one after the other, so that the last comes first without an order.
Ids runs_in(const StoreWords& store, const std::string& experiment, int count) {
  Ids runs;
  for (int i = 0; i < count; ++i) runs.push_back(store.run(experiment, i));
  return runs;
}

void newest_come_first(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  const Ids runs = runs_in(store, experiment, 3);
  require_ids(store.search(experiment, ""), {runs[2], runs[1], runs[0]}, runs, "newest first");
  require_ids(store.search(experiment, "", {"start_time"}), runs, runs, "oldest first");
}

void runs_of_one_time_come_by_id(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  Ids runs;
  for (int i = 0; i < 5; ++i) runs.push_back(store.run(experiment, 7));
  std::sort(runs.begin(), runs.end());
  require_ids(store.search(experiment, ""), runs, runs, "by id");
}

void metrics_order_with_nan_and_missing_last(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  const Ids runs = runs_in(store, experiment, 6);
  store.metric(runs[0], "m", 2);
  store.metric(runs[1], "m", std::nan(""));
  store.metric(runs[2], "m", -1);
  store.metric(runs[3], "m", std::numeric_limits<double>::infinity());
  store.metric(runs[4], "m", -std::numeric_limits<double>::infinity());
  require_ids(store.search(experiment, "", {"metrics.m"}),
              {runs[4], runs[2], runs[0], runs[3], runs[1], runs[5]}, runs,
              "ascending: numbers, then NaN, then what lacks the metric");
  require_ids(store.search(experiment, "", {"metrics.m DESC"}),
              {runs[3], runs[0], runs[2], runs[4], runs[1], runs[5]}, runs,
              "descending: numbers, then NaN, then what lacks the metric");
}

void runs_without_an_end_come_last(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  const Ids runs = runs_in(store, experiment, 3);
  store.finish(runs[0], 50);
  store.finish(runs[2], 40);
  require_ids(store.search(experiment, "", {"end_time"}), {runs[2], runs[0], runs[1]}, runs, "by end time");
  require_ids(store.search(experiment, "", {"end_time DESC"}), {runs[0], runs[2], runs[1]}, runs,
              "by end time, descending");
}

void missing_params_and_tags_come_last(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  const Ids runs = runs_in(store, experiment, 3);
  for (const int i : {0, 2}) {
    store.param(runs[static_cast<size_t>(i)], "p", i == 0 ? "b" : "a");
    store.tag(runs[static_cast<size_t>(i)], "t", i == 0 ? "b" : "a");
  }
  for (const char* field : {"params.p", "tags.t"}) {
    require_ids(store.search(experiment, "", {field}), {runs[2], runs[0], runs[1]}, runs, field);
    require_ids(store.search(experiment, "", {std::string(field) + " DESC"}), {runs[0], runs[2], runs[1]},
                runs, std::string(field) + " DESC");
  }
}

void terms_break_ties_in_turn(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  const Ids runs = runs_in(store, experiment, 4);
  for (size_t i = 0; i < runs.size(); ++i) {
    store.metric(runs[i], "m", i < 2 ? 0 : 1);
    store.param(runs[i], "p", i % 2 == 0 ? "z" : "y");
  }
  require_ids(store.search(experiment, "", {"metrics.m DESC", "params.p"}),
              {runs[3], runs[2], runs[1], runs[0]}, runs, "by a metric, descending, then by a param");
  require_ids(store.search(experiment, "", {"params.p", "metrics.m"}), {runs[1], runs[3], runs[0], runs[2]},
              runs, "by a param, then by a metric");
}

void a_last_page_has_no_cursor(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  runs_in(store, experiment, 4);
  v1::plugin::RunQuery query = StoreWords::run_query("", {}, 2);
  query.add_experiment_ids(experiment);
  auto page = store->search_runs(kContext, query);
  require(page.runs_size() == 2 && !page.next_cursor().empty(), "the first of two pages has no cursor");
  query.mutable_page()->set_cursor(page.next_cursor());
  page = store->search_runs(kContext, query);
  require(page.runs_size() == 2 && page.next_cursor().empty(), "the last of two full pages has a cursor");
}

// Many runs with few start times, metrics and params, so that ties cross pages.
std::set<std::string> many_runs_with_ties(const StoreWords& store, const std::string& experiment, int count) {
  constexpr int kCrew = 16;
  std::vector<Ids> made(kCrew);
  all_at_once(kCrew, [&](int number) {
    for (int i = number; i < count; i += kCrew) {
      const std::string run = store.run(experiment, i % 7);
      v1::plugin::RunDataWrite data = StoreWords::batch(run);
      if (i % 5 != 0) StoreWords::add_metric(data, "m", i % 11 == 0 ? std::nan("") : i % 4);
      if (i % 3 != 0) StoreWords::add_param(data, "p", std::to_string(i % 2));
      store.write(data);
      made[static_cast<size_t>(number)].push_back(run);
    }
  });
  std::set<std::string> all;
  for (const Ids& ids : made) all.insert(ids.begin(), ids.end());
  return all;
}

void pages_show_each_run_once(TrackingStoreSubject& subject, const Effort& effort) {
  const StoreWords store(subject.open_new());
  const std::string experiment = store.experiment("e");
  const std::set<std::string> made = many_runs_with_ties(store, experiment, effort.of(3000, 300));
  for (const std::vector<std::string>& order : std::vector<std::vector<std::string>>{
           {}, {"metrics.m DESC"}, {"metrics.m"}, {"params.p"}, {"status"}}) {
    const std::string what = order.empty() ? "newest first" : "by " + order[0];
    const Ids paged = store.search(experiment, "", order, 97);
    require_count(static_cast<int64_t>(paged.size()), static_cast<int64_t>(made.size()),
                  "runs on all pages, " + what);
    require(std::set<std::string>(paged.begin(), paged.end()) == made,
            "pages do not show every run, " + what);
    require(paged == store.search(experiment, "", order, 50'000),
            "pages and the whole differ in order, " + what);
  }
}

}  // namespace

std::vector<TrackingStoreCheck> order_checks() {
  return {
      on_new_store("newest runs come first and oldest when asked so", newest_come_first),
      on_new_store("runs of one start time come by id", runs_of_one_time_come_by_id),
      on_new_store("an order by a metric puts NaN and then what lacks it last",
                   metrics_order_with_nan_and_missing_last),
      on_new_store("an order by end time puts runs without one last", runs_without_an_end_come_last),
      on_new_store("an order by a param or tag puts what lacks it last", missing_params_and_tags_come_last),
      on_new_store("several terms of an order break ties in turn", terms_break_ties_in_turn),
      on_new_store("the last page has no cursor", a_last_page_has_no_cursor),
      {Theme::kCorrectness, "pages of thousands of runs with ties show each once", pages_show_each_run_once},
  };
}

}  // namespace millrace::conformance
