#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <set>
#include <thread>

#include "base/ids.h"
#include "conformance/check.h"

namespace millrace::conformance {
namespace {

using v1::plugin::RunDataWrite;

const CallContext kContext;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A store with the words that the checks are written in.
class Subject {
 public:
  explicit Subject(const StoreFactory& factory) : store_(factory()) {}

  TrackingStore& operator*() const { return *store_; }
  TrackingStore* operator->() const { return store_.get(); }

  std::string experiment(const std::string& name) const {
    v1::plugin::NewExperiment request;
    request.set_name(name);
    request.set_artifact_root("root:/artifacts");
    request.set_creation_time(1000);
    return store_->create_experiment(kContext, request).experiment_id();
  }

  v1::Experiment find(const std::string& id) const {
    v1::plugin::ExperimentLookup lookup;
    lookup.set_experiment_id(id);
    return store_->get_experiment(kContext, lookup);
  }

  void set_stage(const std::string& experiment, const std::string& from, const std::string& to) const {
    v1::plugin::ExperimentChanges changes;
    changes.set_experiment_id(experiment);
    changes.set_required_stage(from);
    changes.set_lifecycle_stage(to);
    changes.set_update_time(2000);
    store_->update_experiment(kContext, changes);
  }

  std::string run(const std::string& experiment, int64_t start_time = 1,
                  const std::string& name = "run") const {
    v1::plugin::NewRun request;
    v1::RunInfo& info = *request.mutable_info();
    info.set_run_id(random_hex_id());
    info.set_run_name(name);
    info.set_experiment_id(experiment);
    info.set_user_id("user");
    info.set_status(v1::RUNNING);
    info.set_start_time(start_time);
    info.set_lifecycle_stage("active");
    v1::RunTag& tag = *request.add_tags();
    tag.set_key("mlflow.runName");
    tag.set_value(name);
    return store_->create_run(kContext, request).info().run_id();
  }

  v1::Run get(const std::string& run) const {
    v1::plugin::RunLookup lookup;
    lookup.set_run_id(run);
    return store_->get_run(kContext, lookup);
  }

  v1::plugin::RunDataOutcome write(const RunDataWrite& data) const {
    return store_->write_run_data(kContext, data);
  }

  void metric(const std::string& run, const std::string& key, double value, int64_t step,
              int64_t timestamp = 1) const {
    RunDataWrite data;
    data.set_run_id(run);
    add_metric(data, key, value, step, timestamp);
    write(data);
  }

  void param(const std::string& run, const std::string& key, const std::string& value) const {
    RunDataWrite data;
    data.set_run_id(run);
    v1::Param& param = *data.add_params();
    param.set_key(key);
    param.set_value(value);
    write(data);
  }

  void tag(const std::string& run, const std::string& key, const std::string& value) const {
    RunDataWrite data;
    data.set_run_id(run);
    v1::RunTag& tag = *data.add_tags();
    tag.set_key(key);
    tag.set_value(value);
    write(data);
  }

  static void add_metric(RunDataWrite& data, const std::string& key, double value, int64_t step,
                         int64_t timestamp = 1) {
    v1::Metric& metric = *data.add_metrics();
    metric.set_key(key);
    metric.set_value(value);
    metric.set_step(step);
    metric.set_timestamp(timestamp);
  }

  std::vector<v1::MetricWithRunId> history(const std::string& run, const std::string& key,
                                           int64_t page = 1000) const {
    v1::plugin::MetricHistoryQuery query;
    query.add_run_ids(run);
    query.set_metric_key(key);
    query.mutable_page()->set_limit(page);
    std::vector<v1::MetricWithRunId> points;
    do {
      const auto answer = store_->get_metric_history(kContext, query);
      points.insert(points.end(), answer.metrics().begin(), answer.metrics().end());
      query.mutable_page()->set_cursor(answer.next_cursor());
    } while (!query.page().cursor().empty());
    return points;
  }

  std::vector<std::string> search(const std::string& experiment, const v1::Filter& filter,
                                  std::vector<v1::OrderBy> order = {}, int64_t page = 1000) const {
    v1::plugin::RunQuery query;
    query.add_experiment_ids(experiment);
    query.set_view_type(v1::ACTIVE_ONLY);
    *query.mutable_filter() = filter;
    order.push_back(by(v1::FIELD_KIND_ATTRIBUTE, "start_time", true));
    order.push_back(by(v1::FIELD_KIND_ATTRIBUTE, "run_id", false));
    for (const auto& term : order) *query.add_order_by() = term;
    query.mutable_page()->set_limit(page);
    std::vector<std::string> ids;
    do {
      const auto answer = store_->search_runs(kContext, query);
      require(answer.runs_size() <= page, "a page holds more runs than its limit");
      for (const auto& run : answer.runs()) ids.push_back(run.info().run_id());
      query.mutable_page()->set_cursor(answer.next_cursor());
    } while (!query.page().cursor().empty());
    return ids;
  }

  static v1::OrderBy by(v1::FieldKind kind, const std::string& name, bool descending) {
    v1::OrderBy order;
    order.mutable_field()->set_kind(kind);
    order.mutable_field()->set_name(name);
    order.set_descending(descending);
    return order;
  }

  static v1::Filter where(v1::FieldKind kind, const std::string& name, v1::Comparator comparator) {
    v1::Filter filter;
    filter.mutable_comparison()->mutable_field()->set_kind(kind);
    filter.mutable_comparison()->mutable_field()->set_name(name);
    filter.mutable_comparison()->set_comparator(comparator);
    return filter;
  }

  static v1::Filter number(const std::string& key, v1::Comparator comparator, double value) {
    v1::Filter filter = where(v1::FIELD_KIND_METRIC, key, comparator);
    filter.mutable_comparison()->set_number(value);
    return filter;
  }

  static v1::Filter text(v1::FieldKind kind, const std::string& key, v1::Comparator comparator,
                         const std::string& value) {
    v1::Filter filter = where(kind, key, comparator);
    filter.mutable_comparison()->set_text(value);
    return filter;
  }

 private:
  std::shared_ptr<TrackingStore> store_;
};

double latest(const v1::Run& run, const std::string& key) {
  for (const auto& metric : run.data().metrics()) {
    if (metric.key() == key) return metric.value();
  }
  throw Failure("the run has no latest value of '" + key + "'");
}

void experiments_are_found_by_id_and_name(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string name = "n\xc3\xa4me with \xe2\x98\x83 and 'quotes'; --";
  const std::string id = store.experiment(name);
  v1::plugin::ExperimentLookup lookup;
  lookup.set_name(name);
  require(store->get_experiment(kContext, lookup).experiment_id() == id,
          "the experiment is not found by its name");
  const v1::Experiment found = store.find(id);
  require(found.name() == name && found.lifecycle_stage() == "active" && found.creation_time() == 1000,
          "the experiment differs from what was created");
  require(found.artifact_location() == "root:/artifacts/" + id,
          "the artifact location is not the root with the id appended");
  lookup.set_name("unknown");
  require_error([&] { store->get_experiment(kContext, lookup); }, ErrorCode::kResourceDoesNotExist,
                "an unknown name");
}

void names_of_experiments_are_unique(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string id = store.experiment("taken");
  require_error([&] { store.experiment("taken"); }, ErrorCode::kResourceAlreadyExists, "a taken name");
  store.set_stage(id, "active", "deleted");
  require_error([&] { store.experiment("taken"); }, ErrorCode::kResourceAlreadyExists,
                "the name of a deleted experiment");
}

void one_of_many_creators_wins(const StoreFactory& factory) {
  const Subject store(factory);
  std::atomic<int> winners{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      try {
        store.experiment("contested");
        ++winners;
      } catch (const Error&) {
        // the fifteen others lose, which is what is counted below
      }
    });
  }
  for (auto& thread : threads) thread.join();
  require(winners == 1, "concurrent creation of one name had " + std::to_string(winners) + " winners");
}

void deleting_an_experiment_takes_its_runs_along(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string experiment = store.experiment("e");
  const std::string run = store.run(experiment);
  store.set_stage(experiment, "active", "deleted");
  require(store.get(run).info().lifecycle_stage() == "deleted",
          "the run of a deleted experiment is not deleted");
  require_error([&] { store.run(experiment); }, ErrorCode::kInvalidState, "a run in a deleted experiment");
  require_error([&] { store.set_stage(experiment, "active", "deleted"); }, ErrorCode::kInvalidState,
                "deleting twice");
  store.set_stage(experiment, "deleted", "active");
  require(store.get(run).info().lifecycle_stage() == "active",
          "the run of a restored experiment is not restored");
}

void runs_keep_what_they_were_created_with(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string experiment = store.experiment("e");
  const std::string id = store.run(experiment, 123, "n\xc3\xa4me");
  const v1::RunInfo info = store.get(id).info();
  require(info.run_id() == id && info.run_uuid() == id && info.experiment_id() == experiment, "ids differ");
  require(info.run_name() == "n\xc3\xa4me" && info.user_id() == "user" && info.start_time() == 123,
          "name, user or start time differ");
  require(info.status() == v1::RUNNING && !info.has_end_time(), "a new run is RUNNING and has no end time");
  require(info.artifact_uri() == store.find(experiment).artifact_location() + "/" + id + "/artifacts",
          "the artifact URI differs");
  require_error([&] { store.get("0123456789abcdef0123456789abcdef"); }, ErrorCode::kResourceDoesNotExist,
                "an unknown run");
}

void special_values_of_metrics_come_back(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string run = store.run(store.experiment("e"));
  store.metric(run, "nan", std::nan(""), 0);
  store.metric(run, "up", kInfinity, 0);
  store.metric(run, "down", -kInfinity, 0);
  store.metric(run, "tiny", 5e-324, 0);
  store.metric(run, "negative step", 1, -7);
  const v1::Run found = store.get(run);
  require(std::isnan(latest(found, "nan")), "NaN is lost");
  require(latest(found, "up") == kInfinity && latest(found, "down") == -kInfinity, "an infinity is lost");
  require(latest(found, "tiny") == 5e-324, "a subnormal number is lost");
  require(std::isnan(store.history(run, "nan").at(0).value()), "NaN is lost in the history");
  require(store.history(run, "negative step").at(0).step() == -7, "a negative step is lost");
}

void the_same_point_is_kept_once(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string run = store.run(store.experiment("e"));
  for (int i = 0; i < 3; ++i) store.metric(run, "m", 1.5, 2, 3);
  store.metric(run, "m", std::nan(""), 2, 3);
  store.metric(run, "m", std::nan(""), 2, 3);
  require(store.history(run, "m").size() == 2, "a point that was logged again is there twice");
}

void the_latest_value_is_the_greatest_by_step_timestamp_value(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string run = store.run(store.experiment("e"));
  store.metric(run, "m", 5, 10, 1);
  store.metric(run, "m", 9, 9, 99);
  require(latest(store.get(run), "m") == 5, "a smaller step with a later time replaced the latest value");
  store.metric(run, "m", 4, 10, 2);
  require(latest(store.get(run), "m") == 4, "a later time of the same step did not become the latest value");
  RunDataWrite batch;
  batch.set_run_id(run);
  Subject::add_metric(batch, "m", 7, 10, 2);
  Subject::add_metric(batch, "m", 6, 10, 2);
  store.write(batch);
  require(latest(store.get(run), "m") == 7, "of one step and time the greatest value is the latest");
}

void params_do_not_change_and_batches_are_whole(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string run = store.run(store.experiment("e"));
  store.param(run, "p", "1");
  store.param(run, "p", "1");
  RunDataWrite batch;
  batch.set_run_id(run);
  for (const char* key : {"new", "p"}) {
    v1::Param& param = *batch.add_params();
    param.set_key(key);
    param.set_value("2");
  }
  Subject::add_metric(batch, "m", 1, 1);
  const auto outcome = store.write(batch);
  require(outcome.conflicts_size() == 1 && outcome.conflicts(0).key() == "p" &&
              outcome.conflicts(0).existing_value() == "1",
          "the conflict is not told");
  const v1::Run found = store.get(run);
  require(found.data().params_size() == 1 && found.data().params(0).value() == "1",
          "a refused batch changed params");
  require(found.data().metrics_size() == 0, "a refused batch left metrics");
}

void deleted_runs_take_no_data(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string run = store.run(store.experiment("e"));
  v1::plugin::RunChanges changes;
  changes.set_run_id(run);
  changes.set_lifecycle_stage("deleted");
  store->update_run(kContext, changes);
  require_error([&] { store.metric(run, "m", 1, 1); }, ErrorCode::kInvalidState,
                "a metric for a deleted run");
  require_error([&] { store.tag(run, "k", "v"); }, ErrorCode::kInvalidState, "a tag for a deleted run");
  require_error([&] { store.metric("0123456789abcdef0123456789abcdef", "m", 1, 1); },
                ErrorCode::kResourceDoesNotExist, "a metric for an unknown run");
}

void tags_replace_and_go(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string run = store.run(store.experiment("e"), 1, "old");
  store.tag(run, "k", "1");
  store.tag(run, "k", "2");
  store.tag(run, "mlflow.runName", "new");
  const v1::Run found = store.get(run);
  require(found.info().run_name() == "new", "the tag mlflow.runName did not rename the run");
  const auto is_two = [](const v1::RunTag& tag) { return tag.key() == "k" && tag.value() == "2"; };
  require(std::count_if(found.data().tags().begin(), found.data().tags().end(), is_two) == 1,
          "the tag was not replaced");
  v1::plugin::RunTagKey key;
  key.set_run_id(run);
  key.set_key("k");
  store->delete_run_tag(kContext, key);
  require_error([&] { store->delete_run_tag(kContext, key); }, ErrorCode::kResourceDoesNotExist,
                "deleting a tag twice");
}

void writers_lose_nothing(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string run = store.run(store.experiment("e"));
  constexpr int kWriters = 16;
  constexpr int kEach = 25;
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([&, writer] {
      try {
        for (int i = 0; i < kEach; ++i) {
          store.metric(run, "shared", writer * 100 + i, i, writer);
          store.param(run, std::to_string(writer) + "-" + std::to_string(i), "x");
        }
      } catch (const std::exception&) {
        ++failed;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  require(failed == 0, std::to_string(failed) + " of " + std::to_string(kWriters) + " writers met an error");
  require(store.history(run, "shared").size() == kWriters * kEach, "metrics were lost");
  const v1::Run found = store.get(run);
  require(found.data().params_size() == kWriters * kEach, "params were lost");
  require(latest(found, "shared") == (kWriters - 1) * 100 + kEach - 1, "the latest value was lost");
}

void histories_are_ordered_and_paged(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string run = store.run(store.experiment("e"));
  RunDataWrite batch;
  batch.set_run_id(run);
  for (int i = 0; i < 100; ++i) Subject::add_metric(batch, "m", i, (i * 37) % 100, (i * 37) % 50);
  store.write(batch);
  const auto points = store.history(run, "m", 7);
  require(points.size() == 100, "pages do not cover the history");
  const auto before = [](const v1::MetricWithRunId& a, const v1::MetricWithRunId& b) {
    return std::tuple(a.timestamp(), a.step(), a.value()) < std::tuple(b.timestamp(), b.step(), b.value());
  };
  require(std::is_sorted(points.begin(), points.end(), before),
          "the history is not ordered by timestamp, step and value");
  require(store.history(run, "unknown").empty(), "an unknown metric has a history");
}

void samples_keep_the_ends(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string run = store.run(store.experiment("e"));
  RunDataWrite batch;
  batch.set_run_id(run);
  for (int i = 0; i < 1000; ++i) Subject::add_metric(batch, "m", i, i / 3, i);
  store.write(batch);
  for (const int most : {1, 2, 7, 320, 999, 1000, 5000}) {
    v1::plugin::SampleQuery query;
    query.add_run_ids(run);
    query.set_metric_key("m");
    query.set_max_points(most);
    const auto samples = store->sample_metric_history(kContext, query);
    require(samples.metrics_size() == std::min(most, 1000), "a sample has the wrong number of points");
    require(samples.metrics().rbegin()->value() == 999, "a sample lacks the last point");
    require(most == 1 || samples.metrics(0).value() == 0, "a sample lacks the first point");
  }
}

void metrics_are_deleted_after_a_step(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string run = store.run(store.experiment("e"));
  for (int i = 0; i < 10; ++i) store.metric(run, "m", i, i);
  store.metric(run, "other", 1, 9);
  v1::plugin::MetricDeletion deletion;
  deletion.set_run_id(run);
  deletion.add_metric_keys("m");
  deletion.set_after_step(3);
  require(store->delete_metrics(kContext, deletion).deleted_points() == 6,
          "the number of deleted points is wrong");
  require(latest(store.get(run), "m") == 3 && latest(store.get(run), "other") == 1,
          "the latest values are wrong after a deletion");
}

void filters_select(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string experiment = store.experiment("e");
  const std::string a = store.run(experiment, 1, "a"), b = store.run(experiment, 2, "b"),
                    c = store.run(experiment, 3, "c");
  store.metric(a, "m", 1, 0);
  store.metric(b, "m", 2, 0);
  store.metric(c, "m", std::nan(""), 0);
  store.param(a, "p", "Abc");
  store.param(b, "p", "abd");
  store.tag(c, "t", "100%");
  using Ids = std::vector<std::string>;
  const auto found = [&](const v1::Filter& filter) { return store.search(experiment, filter); };
  const auto metric = [&](v1::Comparator comparator, double value) {
    return found(Subject::number("m", comparator, value));
  };
  const auto param = [&](v1::Comparator comparator, const std::string& value) {
    return found(Subject::text(v1::FIELD_KIND_PARAM, "p", comparator, value));
  };
  require(metric(v1::COMPARATOR_GREATER, 1) == Ids{b}, "metric >");
  require(metric(v1::COMPARATOR_GREATER_EQUAL, 1) == Ids{b, a}, "metric >=");
  require(metric(v1::COMPARATOR_LESS, 5) == Ids{b, a}, "a comparison with NaN is true");
  require(metric(v1::COMPARATOR_EQUAL, 0).empty(), "NaN equals 0");
  require(metric(v1::COMPARATOR_NOT_EQUAL, 1) == Ids{c, b},
          "metric != is true for NaN and false for what has no such metric");
  require(param(v1::COMPARATOR_EQUAL, "Abc") == Ids{a}, "param =");
  require(param(v1::COMPARATOR_NOT_EQUAL, "Abc") == Ids{b}, "param != counts runs that lack the param");
  require(param(v1::COMPARATOR_LIKE, "ab%") == Ids{b}, "LIKE must mind letter case");
  require(param(v1::COMPARATOR_ILIKE, "AB_") == Ids{b, a}, "ILIKE must not mind letter case");
  require(found(Subject::where(v1::FIELD_KIND_PARAM, "p", v1::COMPARATOR_IS_NULL)) == Ids{c}, "IS NULL");
  require(found(Subject::where(v1::FIELD_KIND_TAG, "t", v1::COMPARATOR_IS_NOT_NULL)) == Ids{c},
          "IS NOT NULL");
  require(found(Subject::text(v1::FIELD_KIND_ATTRIBUTE, "run_name", v1::COMPARATOR_EQUAL, "b")) == Ids{b},
          "attribute run_name");
  require(found(Subject::text(v1::FIELD_KIND_PARAM, "p", v1::COMPARATOR_EQUAL, "' OR 1=1 --")).empty(),
          "a value became part of the query");
  v1::Filter list = Subject::where(v1::FIELD_KIND_ATTRIBUTE, "run_id", v1::COMPARATOR_IN);
  list.mutable_comparison()->mutable_texts()->add_values(a);
  list.mutable_comparison()->mutable_texts()->add_values(c);
  require(found(list) == Ids{c, a}, "IN");
  list.mutable_comparison()->set_comparator(v1::COMPARATOR_NOT_IN);
  require(found(list) == Ids{b}, "NOT IN");
  v1::Filter either;
  *either.mutable_any_of()->add_filters() = Subject::number("m", v1::COMPARATOR_EQUAL, 1);
  v1::Filter& both = *either.mutable_any_of()->add_filters();
  *both.mutable_all_of()->add_filters() = Subject::where(v1::FIELD_KIND_PARAM, "p", v1::COMPARATOR_IS_NULL);
  *both.mutable_all_of()->add_filters() = Subject::where(v1::FIELD_KIND_TAG, "t", v1::COMPARATOR_IS_NOT_NULL);
  require(found(either) == Ids{c, a}, "OR and AND");
}

void orders_put_nan_and_missing_last(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string experiment = store.experiment("e");
  std::vector<std::string> runs;
  for (int i = 0; i < 4; ++i) runs.push_back(store.run(experiment, i));
  store.metric(runs[0], "m", 2, 0);
  store.metric(runs[1], "m", std::nan(""), 0);
  store.metric(runs[2], "m", -1, 0);
  using Ids = std::vector<std::string>;
  const auto ordered = [&](bool descending) {
    return store.search(experiment, {}, {Subject::by(v1::FIELD_KIND_METRIC, "m", descending)});
  };
  require(ordered(false) == Ids{runs[2], runs[0], runs[1], runs[3]},
          "ascending: numbers, then NaN, then those without");
  require(ordered(true) == Ids{runs[0], runs[2], runs[1], runs[3]},
          "descending: numbers, then NaN, then those without");
}

void pages_cover_all_runs_once(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string experiment = store.experiment("e");
  std::set<std::string> made;
  for (int i = 0; i < 53; ++i) {
    const std::string run = store.run(experiment, i % 3);
    if (i % 5 != 0) store.metric(run, "m", i % 4, 0);
    made.insert(run);
  }
  for (const bool by_metric : {false, true}) {
    std::vector<v1::OrderBy> order;
    if (by_metric) order.push_back(Subject::by(v1::FIELD_KIND_METRIC, "m", true));
    const auto seen = store.search(experiment, {}, order, 10);
    require(seen.size() == made.size(), "pages repeat or skip runs");
    require(std::set<std::string>(seen.begin(), seen.end()) == made, "pages do not show every run");
    require(seen == store.search(experiment, {}, order, 1000), "pages and the whole differ in order");
  }
}

void datasets_are_kept_once(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string experiment = store.experiment("e");
  const std::string run = store.run(experiment);
  v1::plugin::RunInputsWrite inputs;
  inputs.set_run_id(run);
  v1::DatasetInput& input = *inputs.add_datasets();
  input.mutable_dataset()->set_name("d");
  input.mutable_dataset()->set_digest("1");
  input.mutable_dataset()->set_source_type("local");
  input.mutable_dataset()->set_source("x");
  v1::InputTag& tag = *input.add_tags();
  tag.set_key("mlflow.data.context");
  tag.set_value("train");
  store->write_run_inputs(kContext, inputs);
  store->write_run_inputs(kContext, inputs);
  const v1::Run found = store.get(run);
  require(found.inputs().dataset_inputs_size() == 1, "a dataset logged again is there twice");
  require(found.inputs().dataset_inputs(0).tags(0).value() == "train", "the context of the dataset is lost");
  v1::plugin::DatasetQuery query;
  query.add_experiment_ids(experiment);
  query.set_limit(10);
  require(store->search_datasets(kContext, query).summaries_size() == 1, "the dataset is not found");
}

void logged_models_live(const StoreFactory& factory) {
  const Subject store(factory);
  const std::string experiment = store.experiment("e");
  v1::LoggedModel model;
  model.mutable_info()->set_model_id("m-" + random_hex_id());
  model.mutable_info()->set_experiment_id(experiment);
  model.mutable_info()->set_name("classifier");
  model.mutable_info()->set_artifact_uri("root:/m");
  model.mutable_info()->set_creation_timestamp_ms(5);
  model.mutable_info()->set_status(v1::LOGGED_MODEL_PENDING);
  store->create_logged_model(kContext, model);
  v1::plugin::LoggedModelChanges changes;
  changes.set_model_id(model.info().model_id());
  changes.set_status(v1::LOGGED_MODEL_READY);
  v1::LoggedModelTag& tag = *changes.add_set_tags();
  tag.set_key("k");
  tag.set_value("v");
  const v1::LoggedModel changed = store->update_logged_model(kContext, changes);
  require(changed.info().status() == v1::LOGGED_MODEL_READY && changed.info().tags_size() == 1,
          "the changes of a model are lost");
  v1::plugin::LoggedModelQuery query;
  query.add_experiment_ids(experiment);
  *query.add_order_by() = Subject::by(v1::FIELD_KIND_ATTRIBUTE, "model_id", false);
  query.mutable_page()->set_limit(10);
  require(store->search_logged_models(kContext, query).models_size() == 1, "the model is not found");
  changes.Clear();
  changes.set_model_id(model.info().model_id());
  changes.set_lifecycle_stage("deleted");
  store->update_logged_model(kContext, changes);
  v1::plugin::LoggedModelLookup lookup;
  lookup.set_model_id(model.info().model_id());
  require_error([&] { store->get_logged_model(kContext, lookup); }, ErrorCode::kResourceDoesNotExist,
                "a deleted model");
  require(store->search_logged_models(kContext, query).models_size() == 0, "a deleted model is found");
}

}  // namespace

std::vector<Check<StoreFactory>> tracking_store_checks() {
  return {
      {"experiments are found by id and by name", experiments_are_found_by_id_and_name},
      {"names of experiments are unique, deleted ones included", names_of_experiments_are_unique},
      {"one of many concurrent creators of a name wins", one_of_many_creators_wins},
      {"deleting an experiment takes its runs along", deleting_an_experiment_takes_its_runs_along},
      {"runs keep what they were created with", runs_keep_what_they_were_created_with},
      {"NaN, infinities and negative steps come back", special_values_of_metrics_come_back},
      {"the same point is kept once", the_same_point_is_kept_once},
      {"the latest value is the greatest by step, timestamp and value",
       the_latest_value_is_the_greatest_by_step_timestamp_value},
      {"params do not change and batches are kept whole or not at all",
       params_do_not_change_and_batches_are_whole},
      {"deleted runs take no data", deleted_runs_take_no_data},
      {"tags replace, rename and go", tags_replace_and_go},
      {"16 concurrent writers lose nothing", writers_lose_nothing},
      {"histories are ordered and paged", histories_are_ordered_and_paged},
      {"samples keep the ends", samples_keep_the_ends},
      {"metrics are deleted after a step", metrics_are_deleted_after_a_step},
      {"filters select", filters_select},
      {"orders put NaN and what is missing last", orders_put_nan_and_missing_last},
      {"pages cover all runs once", pages_cover_all_runs_once},
      {"datasets are kept once", datasets_are_kept_once},
      {"logged models live and die", logged_models_live},
  };
}

}  // namespace millrace::conformance
