#include <cmath>
#include <limits>

#include "conformance/tracking_store/checks.h"

namespace millrace::conformance {
namespace {

const CallContext kContext;

// Runs "a", "b", "c", "d", of which the first was started last, and with what they are asked for in the
// checks.
class Orchard {
 public:
  explicit Orchard(const StoreWords& store) : store_(store), experiment_(store.experiment("orchard")) {
    for (const char* name : {"a", "b", "c", "d"}) {
      runs_.push_back(store.run(experiment_, 1000 - static_cast<int64_t>(runs_.size()), name));
    }
  }

  const std::string& run(char name) const { return runs_.at(static_cast<size_t>(name - 'a')); }
  const std::string& experiment() const { return experiment_; }
  const Ids& runs() const { return runs_; }

  /// Expects exactly the runs with these names, in this order.
  void expect(const std::string& filter, const std::string& names) const {
    Ids expected;
    for (const char name : names) expected.push_back(run(name));
    require_ids(store_.search(experiment_, filter), expected, runs_, filter);
  }

 private:
  const StoreWords& store_;
  std::string experiment_;
  Ids runs_;
};

void metrics_compare_by_number(const StoreWords& store) {
  const Orchard orchard(store);
  store.metric(orchard.run('a'), "m", 9);
  store.metric(orchard.run('b'), "m", 10);
  store.metric(orchard.run('c'), "m", -0.5);
  orchard.expect("metrics.m = 10", "b");
  orchard.expect("metrics.m != 10", "ac");
  orchard.expect("metrics.m > 9", "b");
  orchard.expect("metrics.m >= 9", "ab");
  orchard.expect("metrics.m < 9", "c");
  orchard.expect("metrics.m <= 9", "ac");
  orchard.expect("metrics.m > -1", "abc");
}

void the_latest_value_is_compared(const StoreWords& store) {
  const Orchard orchard(store);
  store.metric(orchard.run('a'), "m", 100, 1);
  store.metric(orchard.run('a'), "m", 1, 2);
  orchard.expect("metrics.m > 50", "");
  orchard.expect("metrics.m = 1", "a");
}

void nan_is_unequal_alone(const StoreWords& store) {
  const Orchard orchard(store);
  store.metric(orchard.run('a'), "m", std::nan(""));
  store.metric(orchard.run('b'), "m", 1);
  orchard.expect("metrics.m != 5", "ab");
  orchard.expect("metrics.m = 0", "");
  orchard.expect("metrics.m < 5", "b");
  orchard.expect("metrics.m >= -5", "b");
}

void infinities_compare(const StoreWords& store) {
  const Orchard orchard(store);
  store.metric(orchard.run('a'), "m", std::numeric_limits<double>::infinity());
  store.metric(orchard.run('b'), "m", -std::numeric_limits<double>::infinity());
  store.metric(orchard.run('c'), "m", 0);
  orchard.expect("metrics.m > 1e300", "a");
  orchard.expect("metrics.m < -1e300", "b");
}

void params_compare_as_text(const StoreWords& store) {
  const Orchard orchard(store);
  store.param(orchard.run('a'), "p", "10");
  store.param(orchard.run('b'), "p", "10.0");
  store.param(orchard.run('c'), "p", "Ten");
  orchard.expect("params.p = '10'", "a");
  orchard.expect("params.p != '10'", "bc");
  orchard.expect("params.p = 'ten'", "");
}

void tags_compare_as_text(const StoreWords& store) {
  const Orchard orchard(store);
  store.tag(orchard.run('a'), "t", "\xf0\x9f\x9a\x80");
  store.tag(orchard.run('b'), "t", "x");
  orchard.expect("tags.t = '\xf0\x9f\x9a\x80'", "a");
  orchard.expect("tags.t != '\xf0\x9f\x9a\x80'", "b");
}

void like_minds_letter_case(const StoreWords& store) {
  const Orchard orchard(store);
  store.param(orchard.run('a'), "p", "ResNet");
  store.param(orchard.run('b'), "p", "resnet");
  orchard.expect("params.p LIKE 'res%'", "b");
  orchard.expect("params.p LIKE 'Res%'", "a");
}

void ilike_does_not_mind_letter_case(const StoreWords& store) {
  const Orchard orchard(store);
  store.param(orchard.run('a'), "p", "ResNet");
  store.param(orchard.run('b'), "p", "resnet");
  store.param(orchard.run('c'), "p", "other");
  orchard.expect("params.p ILIKE 'RES%'", "ab");
}

void wildcards_stand_for_characters(const StoreWords& store) {
  const Orchard orchard(store);
  store.tag(orchard.run('a'), "t",
            "a\xf0\x9f\x9a\x80"
            "b");
  store.tag(orchard.run('b'), "t", "a-+b");
  store.tag(orchard.run('c'), "t", "a.b*");
  orchard.expect("tags.t LIKE 'a_b'", "a");
  orchard.expect("tags.t LIKE 'a%b'", "ab");
  orchard.expect("tags.t LIKE '%.%'", "c");
  orchard.expect("tags.t LIKE 'a'", "");
}

void in_picks_from_a_list(const StoreWords& store) {
  const Orchard orchard(store);
  store.param(orchard.run('a'), "p", "x");
  store.param(orchard.run('b'), "p", "y");
  store.param(orchard.run('c'), "p", "z");
  orchard.expect("params.p IN ('x', 'z', 'unknown')", "ac");
  orchard.expect("run_id IN ('" + orchard.run('b') + "', '" + orchard.run('d') + "')", "bd");
}

void not_in_leaves_a_list_out(const StoreWords& store) {
  const Orchard orchard(store);
  store.param(orchard.run('a'), "p", "x");
  store.param(orchard.run('b'), "p", "y");
  orchard.expect("params.p NOT IN ('x')", "b");
  orchard.expect("run_name NOT IN ('a', 'd')", "bc");
}

void null_tests_ask_for_presence(const StoreWords& store) {
  const Orchard orchard(store);
  store.param(orchard.run('a'), "p", "");
  store.tag(orchard.run('b'), "t", "x");
  orchard.expect("params.p IS NOT NULL", "a");
  orchard.expect("params.p IS NULL", "bcd");
  orchard.expect("tags.t IS NULL", "acd");
  orchard.expect("tags.t IS NOT NULL", "b");
}

void what_is_not_there_does_not_compare(const StoreWords& store) {
  const Orchard orchard(store);
  store.param(orchard.run('a'), "p", "x");
  orchard.expect("params.p != 'y'", "a");
  orchard.expect("params.p NOT IN ('y')", "a");
  orchard.expect("metrics.unknown != 1", "");
  orchard.expect("tags.unknown != 'x'", "");
}

void attributes_compare(const StoreWords& store) {
  const Orchard orchard(store);
  store.finish(orchard.run('b'), 5000);
  orchard.expect("run_id = '" + orchard.run('c') + "'", "c");
  orchard.expect("run_name LIKE 'a%'", "a");
  orchard.expect("status = 'FINISHED'", "b");
  orchard.expect("status != 'FINISHED'", "acd");
  orchard.expect("user_id = 'user'", "abcd");
  orchard.expect("start_time >= 999", "ab");
  orchard.expect("start_time < 999", "cd");
  orchard.expect("end_time = 5000", "b");
  orchard.expect("artifact_uri LIKE '%" + orchard.run('d') + "%'", "d");
}

void a_filter_is_a_tree(const StoreWords& store) {
  const Orchard orchard(store);
  store.metric(orchard.run('a'), "m", 1);
  store.metric(orchard.run('b'), "m", 2);
  store.param(orchard.run('b'), "p", "x");
  store.param(orchard.run('c'), "p", "x");
  orchard.expect("metrics.m = 1 OR params.p = 'x'", "abc");
  orchard.expect("metrics.m > 0 AND params.p = 'x'", "b");
  orchard.expect("metrics.m = 1 OR metrics.m = 2 AND params.p = 'unknown'", "a");
  orchard.expect(
      "(metrics.m = 1 OR metrics.m = 2) AND (params.p = 'x' OR (run_name = 'a' AND metrics.m < 2))", "ab");
}

void a_value_is_never_a_query(const StoreWords& store) {
  const Orchard orchard(store);
  store.tag(orchard.run('a'), "t", "it's");
  orchard.expect("tags.t = \"it's\"", "a");
  orchard.expect("tags.t = \"' OR 1=1 --\"", "");
  orchard.expect("tags.t LIKE \"%' OR '%' = '\"", "");
  orchard.expect("tags.`x' OR '1'='1` IS NOT NULL", "");
}

void views_show_stages(const StoreWords& store) {
  const Orchard orchard(store);
  store.set_run_stage(orchard.run('b'), "active", "deleted");
  const auto view = [&](v1::ViewType type) { return store.search(orchard.experiment(), "", {}, 100, type); };
  require_ids(view(v1::ACTIVE_ONLY), {orchard.run('a'), orchard.run('c'), orchard.run('d')}, orchard.runs(),
              "active runs");
  require_ids(view(v1::DELETED_ONLY), {orchard.run('b')}, orchard.runs(), "deleted runs");
  require_ids(view(v1::ALL), orchard.runs(), orchard.runs(), "all runs");
}

void scopes_are_experiments(const StoreWords& store) {
  const std::string first = store.experiment("first"), second = store.experiment("second");
  const Ids runs{store.run(first, 3), store.run(second, 2), store.run(store.experiment("third"), 1)};
  const auto found = [&](const Ids& experiments) {
    v1::plugin::RunQuery query = StoreWords::run_query("", {}, 100);
    *query.mutable_experiment_ids() = {experiments.begin(), experiments.end()};
    return store.search(std::move(query));
  };
  require_ids(found({first}), {runs[0]}, runs, "one experiment");
  require_ids(found({second, first}), {runs[0], runs[1]}, runs, "two experiments");
  require_ids(found({}), runs, runs, "all experiments");
  require_ids(found({kUnknownExperiment}), {}, runs, "an unknown experiment");
  require_ids(found({kUnknownExperiment, second}), {runs[1]}, runs,
              "an unknown experiment and one that is there");
}

void runs_are_found_with_their_data(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  const std::string id = store.run(experiment);
  store.metric(id, "m", 2.5, 3, 4);
  store.param(id, "p", "1");
  v1::plugin::RunQuery query = StoreWords::run_query("", {}, 10);
  query.add_experiment_ids(experiment);
  const auto page = store->search_runs(kContext, query);
  require_count(page.runs_size(), 1, "runs found");
  const v1::Run& run = page.runs(0);
  require(latest(run, "m") == 2.5, "the metric differs");
  require_equal(param_of(run, "p"), "1", "the param");
  require_equal(tag_of(run, "mlflow.runName"), "run", "the tag");
  require_equal(run.info().artifact_uri(), store.find_run(id).info().artifact_uri(), "the artifact URI");
}

}  // namespace

std::vector<TrackingStoreCheck> filter_checks() {
  return {
      on_new_store("metrics compare by number", metrics_compare_by_number),
      on_new_store("a comparison takes the latest value of a metric", the_latest_value_is_compared),
      on_new_store("NaN is unequal to every number and neither less nor greater", nan_is_unequal_alone),
      on_new_store("infinities are greater and less than every number", infinities_compare),
      on_new_store("params compare as text", params_compare_as_text),
      on_new_store("tags compare as text", tags_compare_as_text),
      on_new_store("LIKE minds letter case", like_minds_letter_case),
      on_new_store("ILIKE does not mind letter case", ilike_does_not_mind_letter_case),
      on_new_store("% stands for any text and _ for one character", wildcards_stand_for_characters),
      on_new_store("IN picks from a list", in_picks_from_a_list),
      on_new_store("NOT IN leaves a list out", not_in_leaves_a_list_out),
      on_new_store("IS NULL and IS NOT NULL ask whether a name is there", null_tests_ask_for_presence),
      on_new_store("a comparison with what a run lacks is false", what_is_not_there_does_not_compare),
      on_new_store("attributes of runs compare", attributes_compare),
      on_new_store("AND, OR and parentheses combine", a_filter_is_a_tree),
      on_new_store("a value never becomes part of the query", a_value_is_never_a_query),
      on_new_store("a view shows active, deleted or all runs", views_show_stages),
      on_new_store("a search covers the experiments that it names, or all", scopes_are_experiments),
      on_new_store("runs are found with their data", runs_are_found_with_their_data),
  };
}

}  // namespace millrace::conformance
