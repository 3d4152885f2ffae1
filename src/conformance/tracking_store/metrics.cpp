#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>

#include "conformance/tracking_store/checks.h"

namespace millrace::conformance {
namespace {

using v1::plugin::RunDataWrite;

const CallContext kContext;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string new_run(const StoreWords& store) {
  return store.run(store.experiment("e"));
}

void nan_comes_back(const StoreWords& store) {
  const std::string run = new_run(store);
  store.metric(run, "m", std::nan(""));
  require(std::isnan(latest(store.find_run(run), "m")), "NaN is not the latest value");
  const auto points = store.history(run, "m");
  require(points.size() == 1 && std::isnan(points[0].value()), "NaN is not in the history");
}

void infinities_come_back(const StoreWords& store) {
  const std::string run = new_run(store);
  store.metric(run, "up", kInfinity);
  store.metric(run, "down", -kInfinity);
  const v1::Run found = store.find_run(run);
  require(latest(found, "up") == kInfinity, "positive infinity is lost");
  require(latest(found, "down") == -kInfinity, "negative infinity is lost");
  require(store.history(run, "up").at(0).value() == kInfinity, "positive infinity is lost in the history");
}

void numbers_come_back_exactly(const StoreWords& store) {
  const std::string run = new_run(store);
  const std::vector<double> values{0.1,   -1.0 / 3,           5e-324, 2.2250738585072014e-308,
                                   1e300, 9007199254740992.0, 0};
  for (size_t i = 0; i < values.size(); ++i) store.metric(run, "m" + std::to_string(i), values[i]);
  const v1::Run found = store.find_run(run);
  for (size_t i = 0; i < values.size(); ++i) {
    require(latest(found, "m" + std::to_string(i)) == values[i],
            "the number " + std::to_string(values[i]) + " differs");
  }
}

void steps_and_times_come_back(const StoreWords& store) {
  const std::string run = new_run(store);
  constexpr int64_t kLarge = int64_t{1} << 53;
  store.metric(run, "negative", 1, -7, 1);
  store.metric(run, "large", 1, kLarge + 1, 1764000000123);
  require_count(store.history(run, "negative").at(0).step(), -7, "a negative step");
  require_count(store.history(run, "large").at(0).step(), kLarge + 1, "a step past 2^53");
  require_count(store.history(run, "large").at(0).timestamp(), 1764000000123, "a time");
}

void the_same_point_is_kept_once(const StoreWords& store) {
  const std::string run = new_run(store);
  for (int i = 0; i < 3; ++i) store.metric(run, "m", 1.5, 2, 3);
  for (int i = 0; i < 2; ++i) store.metric(run, "nan", std::nan(""), 2, 3);
  require_count(static_cast<int64_t>(store.history(run, "m").size()), 1,
                "points after logging one three times");
  require_count(static_cast<int64_t>(store.history(run, "nan").size()), 1, "points after logging NaN twice");
}

void points_of_one_step_are_all_kept(const StoreWords& store) {
  const std::string run = new_run(store);
  store.metric(run, "m", 1, 5, 1);
  store.metric(run, "m", 2, 5, 1);
  store.metric(run, "m", 2, 5, 2);
  require_count(static_cast<int64_t>(store.history(run, "m").size()), 3, "points of one step");
}

void the_latest_has_the_greatest_step(const StoreWords& store) {
  const std::string run = new_run(store);
  store.metric(run, "m", 5, 10, 1);
  store.metric(run, "m", 9, 9, 99);
  require(latest(store.find_run(run), "m") == 5, "a smaller step with a later time became the latest value");
}

void of_one_step_the_latest_time_counts(const StoreWords& store) {
  const std::string run = new_run(store);
  store.metric(run, "m", 5, 10, 3);
  store.metric(run, "m", 4, 10, 7);
  store.metric(run, "m", 9, 10, 5);
  require(latest(store.find_run(run), "m") == 4, "an earlier time of the same step is the latest value");
}

void of_one_time_the_greatest_value_counts(const StoreWords& store) {
  const std::string run = new_run(store);
  RunDataWrite data = StoreWords::batch(run);
  for (const double value : {6.0, 7.0, 5.0}) StoreWords::add_metric(data, "m", value, 10, 2);
  store.write(data);
  require(latest(store.find_run(run), "m") == 7, "of one step and time the greatest value is not the latest");
}

bool in_order(const v1::MetricWithRunId& a, const v1::MetricWithRunId& b) {
  return std::tuple(a.timestamp(), a.step(), a.value()) < std::tuple(b.timestamp(), b.step(), b.value());
}

RunDataWrite shuffled_points(const std::string& run, int count) {
  RunDataWrite data = StoreWords::batch(run);
  for (int i = 0; i < count; ++i)
    StoreWords::add_metric(data, "m", (i * 31) % count, (i * 37) % count, (i * 37) % 50);
  return data;
}

void histories_are_ordered(const StoreWords& store) {
  const std::string run = new_run(store);
  store.write(shuffled_points(run, 100));
  const auto points = store.history(run, "m");
  require_count(static_cast<int64_t>(points.size()), 100, "points");
  require(std::is_sorted(points.begin(), points.end(), in_order),
          "they are not ordered by timestamp, step and value");
  require(points[0].run_id() == run && points[0].key() == "m", "a point does not tell its run and key");
}

void histories_are_paged(const StoreWords& store) {
  const std::string run = new_run(store);
  store.write(shuffled_points(run, 100));
  for (const int64_t page : {1, 7, 50, 100}) {
    const auto points = store.history(Ids{run}, "m", page);
    require_count(static_cast<int64_t>(points.size()), 100, "points on pages of " + std::to_string(page));
    require(std::is_sorted(points.begin(), points.end(), in_order), "pages are not in order");
  }
}

void histories_of_several_runs_come_by_run(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  Ids runs{store.run(experiment), store.run(experiment), store.run(experiment)};
  for (const std::string& run : runs) {
    store.metric(run, "m", 1, 1);
    store.metric(run, "m", 2, 2, 2);
  }
  store.metric(store.run(experiment), "m", 9, 9);
  std::sort(runs.rbegin(), runs.rend());
  for (const int64_t page : {1, 4, 100}) {
    Ids found;
    for (const auto& point : store.history(runs, "m", page)) found.push_back(point.run_id());
    require_count(static_cast<int64_t>(found.size()), 6, "points of three runs with two each");
    require(std::is_sorted(found.begin(), found.end()), "they are not ordered by run id");
  }
}

void an_unknown_metric_has_no_history(const StoreWords& store) {
  const std::string run = new_run(store);
  store.metric(run, "m", 1);
  require(store.history(run, "unknown").empty(), "an unknown metric has points");
  require(store.history(kUnknownRun, "m").empty(), "an unknown run has points");
}

v1::plugin::MetricSamples sample(const StoreWords& store, const std::string& run, int most,
                                 const std::vector<int64_t>& steps = {}) {
  v1::plugin::SampleQuery query;
  query.add_run_ids(run);
  query.set_metric_key("m");
  query.set_max_points(most);
  if (!steps.empty()) query.set_start_step(steps.at(0));
  if (!steps.empty()) query.set_end_step(steps.at(1));
  return store->sample_metric_history(kContext, query);
}

std::string thousand_points(const StoreWords& store) {
  RunDataWrite data = StoreWords::batch(new_run(store));
  for (int i = 0; i < 1000; ++i) StoreWords::add_metric(data, "m", i, i / 3, i);
  store.write(data);
  return data.run_id();
}

void samples_keep_the_ends(const StoreWords& store) {
  const std::string run = thousand_points(store);
  for (const int most : {1, 2, 7, 320, 999, 1000, 5000}) {
    const auto samples = sample(store, run, most);
    require_count(samples.metrics_size(), std::min(most, 1000),
                  "points of a sample of " + std::to_string(most));
    require(samples.metrics().rbegin()->value() == 999, "a sample lacks the last point");
    require(most == 1 || samples.metrics(0).value() == 0, "a sample lacks the first point");
  }
}

void samples_mind_the_steps(const StoreWords& store) {
  const auto samples = sample(store, thousand_points(store), 10, {100, 199});
  require_count(samples.metrics_size(), 10, "points of a sample of 10");
  for (const auto& point : samples.metrics()) {
    require(point.step() >= 100 && point.step() <= 199,
            "a point lies outside of the steps that were asked for");
  }
}

v1::plugin::MetricDeletionOutcome remove_points(const StoreWords& store, const std::string& run,
                                                std::optional<int64_t> after) {
  v1::plugin::MetricDeletion deletion;
  deletion.set_run_id(run);
  deletion.add_metric_keys("m");
  if (after) deletion.set_after_step(*after);
  return store->delete_metrics(kContext, deletion);
}

void points_after_a_step_are_deleted(const StoreWords& store) {
  const std::string run = new_run(store);
  for (int i = 0; i < 10; ++i) store.metric(run, "m", i, i);
  store.metric(run, "other", 1, 9);
  require_count(remove_points(store, run, 3).deleted_points(), 6, "points that were deleted");
  require(latest(store.find_run(run), "m") == 3,
          "the latest value is not that of the last point that is left");
  require(latest(store.find_run(run), "other") == 1, "another metric changed");
  require_count(static_cast<int64_t>(store.history(run, "m").size()), 4, "points that are left");
}

void a_whole_metric_is_deleted(const StoreWords& store) {
  const std::string run = new_run(store);
  store.metric(run, "m", 1, 1);
  remove_points(store, run, std::nullopt);
  require(store.find_run(run).data().metrics().empty(), "a deleted metric still has a latest value");
  require(store.history(run, "m").empty(), "a deleted metric still has points");
}

}  // namespace

std::vector<TrackingStoreCheck> metric_checks() {
  return {
      on_new_store("NaN comes back as NaN", nan_comes_back),
      on_new_store("infinities come back", infinities_come_back),
      on_new_store("numbers come back to the last bit", numbers_come_back_exactly),
      on_new_store("negative and large steps and times come back", steps_and_times_come_back),
      on_new_store("a point that is logged again is kept once", the_same_point_is_kept_once),
      on_new_store("different points of one step are all kept", points_of_one_step_are_all_kept),
      on_new_store("the latest value is that of the greatest step", the_latest_has_the_greatest_step),
      on_new_store("of one step the latest time gives the latest value", of_one_step_the_latest_time_counts),
      on_new_store("of one step and time the greatest value is the latest",
                   of_one_time_the_greatest_value_counts),
      on_new_store("a history is ordered by timestamp, step and value", histories_are_ordered),
      on_new_store("pages of a history show each point once", histories_are_paged),
      on_new_store("histories of several runs come run by run", histories_of_several_runs_come_by_run),
      on_new_store("an unknown metric or run has an empty history", an_unknown_metric_has_no_history),
      with_capability("metric_sampling", "a sample keeps the first and the last point",
                      samples_keep_the_ends),
      with_capability("metric_sampling", "a sample stays within its steps", samples_mind_the_steps),
      with_capability("metric_deletion", "points after a step are deleted and the latest value follows",
                      points_after_a_step_are_deleted),
      with_capability("metric_deletion", "a metric is deleted whole", a_whole_metric_is_deleted),
  };
}

}  // namespace millrace::conformance
