#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "base/error.h"
#include "base/ids.h"
#include "tracking/overview_service.h"
#include "tracking/stores/sql/sql_tracking_store.h"

using namespace millrace;
using namespace millrace::tracking;

namespace {

const CallContext kContext;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// A store in a folder of its own, with the words that the tests are written in.
class Fixture {
 public:
  Fixture() : folder_(std::filesystem::temp_directory_path() / ("millrace-overviews-" + random_token(12))) {
    std::filesystem::create_directory(folder_);
    sql::SqliteDatabaseOptions options;
    options.path = (folder_ / "x.db").string();
    options.artifact_root = "root:/";
    store_ = std::make_unique<SqlTrackingStore>(options);
    service_ = std::make_unique<TrackingOverviewService>(*store_);
  }
  ~Fixture() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string run(int64_t start, const std::string& name, const std::string& experiment = "0") {
    v1::plugin::NewRun request;
    v1::RunInfo& info = *request.mutable_info();
    info.set_run_id(random_hex_id());
    info.set_run_name(name);
    info.set_experiment_id(experiment);
    info.set_status(v1::RUNNING);
    info.set_start_time(start);
    return store_->create_run(kContext, request).info().run_id();
  }

  void metric(const std::string& run, const std::string& key, double value, int64_t step = 0,
              int64_t timestamp = 1) {
    v1::plugin::RunDataWrite write;
    write.set_run_id(run);
    v1::Metric& metric = *write.add_metrics();
    metric.set_key(key);
    metric.set_value(value);
    metric.set_step(step);
    metric.set_timestamp(timestamp);
    store_->write_run_data(kContext, write);
  }

  void param(const std::string& run, const std::string& key, const std::string& value) {
    v1::plugin::RunDataWrite write;
    write.set_run_id(run);
    v1::Param& param = *write.add_params();
    param.set_key(key);
    param.set_value(value);
    store_->write_run_data(kContext, write);
  }

  SqlTrackingStore& store() { return *store_; }
  TrackingOverviewService& service() { return *service_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<SqlTrackingStore> store_;
  std::unique_ptr<TrackingOverviewService> service_;
};

v1::SearchRunTableRequest table_request() {
  v1::SearchRunTableRequest request;
  request.add_experiment_ids("0");
  return request;
}

template <typename List>
auto values(const List& list) {
  return std::vector(list.begin(), list.end());
}

}  // namespace

TEST_CASE("a table has a row a run in the order of the search and tells which rows a column has") {
  Fixture fixture;
  const std::string a = fixture.run(1, "a"), b = fixture.run(2, "b"), c = fixture.run(3, "c");
  fixture.metric(a, "loss", 0.5);
  fixture.metric(c, "loss", kNaN);
  for (const auto& run : {a, b, c}) fixture.metric(run, "steps", 7);
  auto request = table_request();
  request.add_metrics("loss");
  request.add_metrics("steps");
  request.add_metrics("unknown");
  request.add_attributes("run_name");
  request.add_attributes("start_time");
  const v1::RunTable table = fixture.service().search_run_table(kContext, request);
  CHECK(values(table.run_ids()) == std::vector{c, b, a});
  CHECK(values(table.metrics(0).rows()) == std::vector{0, 2});
  CHECK(std::isnan(table.metrics(0).values(0)));
  CHECK(table.metrics(0).values(1) == 0.5);
  CHECK(table.metrics(1).rows().empty());
  CHECK(values(table.metrics(1).values()) == std::vector<double>{7, 7, 7});
  CHECK(table.metrics(2).values().empty());
  CHECK(values(table.attributes(0).texts()) == std::vector<std::string>{"c", "b", "a"});
  CHECK(table.attributes(0).codes().empty());
  CHECK(values(table.times(0).values()) == std::vector<int64_t>{3, 2, 1});
}

TEST_CASE("a table begins at the row that was asked for and tells how many rows there are") {
  Fixture fixture;
  std::vector<std::string> newest_first;
  for (int i = 0; i < 7; ++i) newest_first.insert(newest_first.begin(), fixture.run(i, "r"));
  for (const auto& run : newest_first) fixture.metric(run, "loss", 1);
  auto request = table_request();
  request.set_max_results(3);
  request.set_first_row(3);
  request.set_with_total(true);
  request.add_metrics("loss");
  v1::RunTable table = fixture.service().search_run_table(kContext, request);
  CHECK(values(table.run_ids()) == std::vector(newest_first.begin() + 3, newest_first.begin() + 6));
  CHECK(table.total() == 7);
  CHECK(table.truncated());
  CHECK(table.metrics(0).values_size() == 3);

  request.set_first_row(6);
  table = fixture.service().search_run_table(kContext, request);
  CHECK(values(table.run_ids()) == std::vector{newest_first.back()});
  CHECK(table.total() == 7);
  CHECK_FALSE(table.truncated());

  request.set_first_row(50);
  table = fixture.service().search_run_table(kContext, request);
  CHECK(table.run_ids().empty());
  CHECK(table.total() == 7);

  request.set_filter("metrics.loss > 1");
  request.set_first_row(0);
  CHECK(fixture.service().search_run_table(kContext, request).total() == 0);
  request.set_first_row(-1);
  CHECK_THROWS_AS(fixture.service().search_run_table(kContext, request), Error);
}

TEST_CASE("the keys that come with a table of many runs are those of the newest, and say so") {
  Fixture fixture;
  fixture.metric(fixture.run(0, "oldest"), "rare", 1);
  for (int i = 1; i <= 510; ++i) {
    v1::plugin::RunDataWrite write;
    write.set_run_id(fixture.run(i, "r"));
    for (int key = 0; key < 120; ++key) {
      v1::Metric& metric = *write.add_metrics();
      metric.set_key("m" + std::to_string(key));
      metric.set_value(key);
    }
    fixture.store().write_run_data(kContext, write);
  }
  auto request = table_request();
  request.set_with_context(true);
  request.set_max_results(1);
  const v1::RunColumns keys = fixture.service().search_run_table(kContext, request).keys();
  CHECK(keys.truncated());
  CHECK(keys.metrics_size() == 120);
  v1::ListRunColumnsRequest all;
  all.add_experiment_ids("0");
  const v1::RunColumns listed = fixture.service().list_run_columns(kContext, all);
  CHECK_FALSE(listed.truncated());
  CHECK(listed.metrics_size() == 121);
}

TEST_CASE("texts that repeat stand once and are numbered in the order of rows, long ones are cut") {
  Fixture fixture;
  const std::string a = fixture.run(1, "a"), b = fixture.run(2, "b"), c = fixture.run(3, "c");
  fixture.param(a, "model", "x");
  fixture.param(b, "model", "äöüß");
  fixture.param(c, "model", "x");
  auto request = table_request();
  request.add_params("model");
  request.set_longest_text(3);
  const v1::RunTable table = fixture.service().search_run_table(kContext, request);
  CHECK(values(table.params(0).texts()) == std::vector<std::string>{"x", "äöü…"});
  CHECK(values(table.params(0).codes()) == std::vector{0, 1, 0});
}

TEST_CASE("a large table, read by walking a key, equals a small one, read run by run") {
  Fixture fixture;
  std::vector<std::string> runs;
  for (int i = 0; i < 700; ++i) {
    runs.push_back(fixture.run(i, "run"));
    if (i % 3 != 0) fixture.metric(runs.back(), "loss", i);
    if (i % 5 != 0) fixture.param(runs.back(), "seed", std::to_string(i % 7));
  }
  auto request = table_request();
  request.add_metrics("loss");
  request.add_params("seed");
  const v1::RunTable large = fixture.service().search_run_table(kContext, request);
  CHECK(large.row_count() == 700);
  request.set_max_results(100);
  const v1::RunTable small = fixture.service().search_run_table(kContext, request);
  CHECK(small.truncated());
  REQUIRE(small.metrics(0).values_size() > 50);
  for (int i = 0; i < small.metrics(0).values_size(); ++i) {
    CHECK(small.metrics(0).rows(i) == large.metrics(0).rows(i));
    CHECK(small.metrics(0).values(i) == large.metrics(0).values(i));
  }
  for (int i = 0; i < small.params(0).codes_size(); ++i) {
    CHECK(small.params(0).texts(small.params(0).codes(i)) == large.params(0).texts(large.params(0).codes(i)));
  }
}

TEST_CASE("the digest of a table is that of its rows, with or without their ids") {
  Fixture fixture;
  fixture.run(1, "a");
  auto request = table_request();
  const v1::RunTable whole = fixture.service().search_run_table(kContext, request);
  request.set_without_run_ids(true);
  const v1::RunTable columns = fixture.service().search_run_table(kContext, request);
  CHECK(columns.run_ids().empty());
  CHECK(columns.row_count() == 1);
  CHECK(columns.row_digest() == whole.row_digest());
  fixture.run(2, "b");
  CHECK(fixture.service().search_run_table(kContext, request).row_digest() != whole.row_digest());
}

TEST_CASE("a table that would not fit and attributes that are not known are refused") {
  Fixture fixture;
  auto request = table_request();
  request.set_max_results(200'000);
  for (int i = 0; i < 100; ++i) request.add_metrics("m" + std::to_string(i));
  CHECK_THROWS_WITH_AS(fixture.service().search_run_table(kContext, request),
                       "A table of 200000 rows and 100 columns is too large for one answer: ask for at most "
                       "80000 rows, or for fewer columns at once.",
                       Error);
  auto unknown = table_request();
  unknown.add_attributes("colour");
  CHECK_THROWS_AS(fixture.service().search_run_table(kContext, unknown), Error);
}

TEST_CASE("a page gets experiments, keys and the first columns together with the rows") {
  Fixture fixture;
  const std::string run = fixture.run(1, "a");
  for (const char* key : {"c", "a", "b"}) fixture.metric(run, key, 1);
  auto request = table_request();
  request.set_with_context(true);
  request.set_first_columns(2);
  const v1::RunTable table = fixture.service().search_run_table(kContext, request);
  REQUIRE(table.metrics_size() == 2);
  CHECK(table.metrics(1).key() == "b");
  CHECK(values(table.keys().metrics()) == std::vector<std::string>{"a", "b", "c"});
  CHECK(table.experiments(0).name() == "Default");
  request.add_metrics("c");
  CHECK(fixture.service().search_run_table(kContext, request).metrics_size() == 1);
}

TEST_CASE("columns are those of the experiment, sorted, found by a part of their name") {
  Fixture fixture;
  v1::plugin::NewExperiment other;
  other.set_name("other");
  const std::string elsewhere = fixture.store().create_experiment(kContext, other).experiment_id();
  fixture.metric(fixture.run(1, "a"), "val/Loss", 1);
  fixture.metric(fixture.run(1, "b"), "accuracy", 1);
  fixture.metric(fixture.run(1, "c", elsewhere), "hidden", 1);
  v1::ListRunColumnsRequest request;
  request.add_experiment_ids("0");
  CHECK(values(fixture.service().list_run_columns(kContext, request).metrics()) ==
        std::vector<std::string>{"accuracy", "val/Loss"});
  request.set_contains("LOSS");
  CHECK(values(fixture.service().list_run_columns(kContext, request).metrics()) ==
        std::vector<std::string>{"val/Loss"});
  request.set_contains("");
  request.set_max_results(1);
  const v1::RunColumns some = fixture.service().list_run_columns(kContext, request);
  CHECK(some.metrics_size() == 1);
  CHECK(some.truncated());
}

TEST_CASE("runs are counted by experiment and stage") {
  Fixture fixture;
  fixture.run(5, "a");
  fixture.run(9, "b");
  v1::plugin::RunChanges changes;
  changes.set_run_id(fixture.run(7, "c"));
  changes.set_lifecycle_stage("deleted");
  fixture.store().update_run(kContext, changes);
  const auto counts = fixture.service().count_runs(kContext, {});
  REQUIRE(counts.counts_size() == 1);
  CHECK(counts.counts(0).experiment_id() == "0");
  CHECK(counts.counts(0).active() == 2);
  CHECK(counts.counts(0).deleted() == 1);
  CHECK(counts.counts(0).last_start_time() == 9);
}

TEST_CASE("a short history comes as it is, a long one in parts that keep its extremes") {
  Fixture fixture;
  const std::string run = fixture.run(1, "a");
  for (int step = 0; step < 100; ++step) fixture.metric(run, "loss", step == 42 ? 1000 : step, step, step);
  v1::GetMetricLinesRequest request;
  request.add_run_ids(run);
  request.add_run_ids("00000000000000000000000000000000");
  request.add_metric_keys("loss");
  const auto whole = fixture.service().get_metric_lines(kContext, request);
  REQUIRE(whole.lines_size() == 1);
  CHECK(whole.lines(0).steps_size() == 100);
  CHECK(whole.lines(0).minimums().empty());
  request.set_max_points(10);
  const auto drawn = fixture.service().get_metric_lines(kContext, request);
  CHECK(drawn.lines(0).point_count() == 100);
  REQUIRE(drawn.lines(0).steps_size() == 10);
  CHECK(drawn.lines(0).maximums(4) == 1000);
  CHECK(drawn.lines(0).minimums(4) == 40);
  CHECK(drawn.lines(0).steps(9) == 99);
  CHECK(drawn.lines(0).values(0) == doctest::Approx(4.5));
  request.set_start_step(95);
  CHECK(fixture.service().get_metric_lines(kContext, request).lines(0).steps_size() == 5);
}

TEST_CASE("lines come as they are up to the points that are asked for, and without times where none are") {
  Fixture fixture;
  const std::string run = fixture.run(1, "a");
  for (int step = 0; step < 100; ++step) fixture.metric(run, "loss", step, step, step);
  v1::GetMetricLinesRequest request;
  request.add_run_ids(run);
  request.add_metric_keys("loss");
  request.set_max_points(10);
  request.set_without_timestamps(true);
  const auto line = [&](int exact_points) {
    request.set_exact_points(exact_points);
    return fixture.service().get_metric_lines(kContext, request).lines(0);
  };
  CHECK(line(100).values_size() == 100);
  CHECK(line(100).minimums().empty());
  CHECK(line(100).timestamps().empty());
  CHECK(line(99).values_size() == 10);
  CHECK(line(99).point_count() == 100);
  // No less than max_points.
  request.set_start_step(90);
  CHECK(line(1).minimums().empty());
  request.clear_start_step();
  // A sample is for lines that do not come as they are anyway.
  request.set_quick(true);
  CHECK(line(99).sampled());
  CHECK(!line(100).has_sampled());
  for (const int wrong : {-1, 5001}) CHECK_THROWS_AS(line(wrong), Error);
}

TEST_CASE("a long history comes quickly as a sample, a shorter one as ever") {
  Fixture fixture;
  const std::string run = fixture.run(1, "a");
  for (int step = 0; step < 200; ++step) {
    if (step < 40 || step >= 60) fixture.metric(run, "loss", step == 19 ? kNaN : -step, step, step);
  }
  v1::GetMetricLinesRequest request;
  request.add_run_ids(run);
  request.add_metric_keys("loss");
  request.set_max_points(10);
  request.set_quick(true);
  const auto sample = fixture.service().get_metric_lines(kContext, request).lines(0);
  CHECK(sample.sampled());
  CHECK(!sample.has_point_count());
  CHECK(sample.minimums().empty());
  // Parts of 20 steps: the third has no points.
  REQUIRE(sample.steps_size() == 9);
  CHECK(sample.steps(1) == 39);
  CHECK(sample.steps(2) == 79);
  CHECK(sample.steps(8) == 199);
  CHECK(std::isnan(sample.values(0)));
  CHECK(sample.values(8) == -199);
  CHECK(sample.timestamps(8) == 199);
  request.set_start_step(120);
  const auto exact = fixture.service().get_metric_lines(kContext, request).lines(0);
  CHECK(!exact.has_sampled());
  CHECK(exact.point_count() == 80);
  CHECK(exact.minimums(9) == -199);
  for (const int64_t far : {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()})
    fixture.metric(run, "loss", 1, far);
  request.clear_start_step();
  const auto wide = fixture.service().get_metric_lines(kContext, request).lines(0);
  // The fifth part ends a few steps after 0.
  REQUIRE(wide.steps_size() == 4);
  CHECK(wide.steps(0) == std::numeric_limits<int64_t>::min());
  CHECK(wide.steps(2) == 199);
  CHECK(wide.steps(3) == std::numeric_limits<int64_t>::max());
}

TEST_CASE("a part of a history without any number is NaN, infinities are extremes") {
  Fixture fixture;
  const std::string run = fixture.run(1, "a");
  const double infinity = std::numeric_limits<double>::infinity();
  const double series[] = {kNaN, kNaN, 1, infinity, 2, 2};
  for (int step = 0; step < 6; ++step) fixture.metric(run, "loss", series[step], step);
  v1::GetMetricLinesRequest request;
  request.add_run_ids(run);
  request.add_metric_keys("loss");
  request.set_max_points(3);
  const auto line = fixture.service().get_metric_lines(kContext, request).lines(0);
  REQUIRE(line.values_size() == 3);
  CHECK(std::isnan(line.values(0)));
  CHECK(std::isnan(line.maximums(0)));
  CHECK(line.values(1) == 1);
  CHECK(line.maximums(1) == infinity);
}
