#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <random>

#include "base/error.h"
#include "base/ids.h"
#include "query/query.h"
#include "sql/schema.h"
#include "sql/sqlite_uri.h"
#include "tracking/stores/sql/sql_tracking_store.h"

using namespace millrace;
using namespace millrace::tracking;

namespace {

const CallContext kContext;

class TemporaryFolder {
 public:
  TemporaryFolder() : path_(std::filesystem::temp_directory_path() / ("millrace-store-" + random_token(12))) {
    std::filesystem::create_directory(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  sql::SqliteDatabaseOptions options() const {
    sql::SqliteDatabaseOptions options;
    options.path = (path_ / "x.db").string();
    options.artifact_root = "root:/";
    return options;
  }

 private:
  std::filesystem::path path_;
};

// A run of the property test as it should be found, kept beside the store.
struct Expected {
  std::string id;
  int64_t start_time = 0;
  std::optional<double> metric;
  std::optional<std::string> param;
};

bool is_true(const v1::Comparison& comparison, const Expected& run) {
  if (comparison.field().kind() == v1::FIELD_KIND_METRIC) {
    if (!run.metric) return false;
    const double a = *run.metric, b = comparison.number();
    switch (comparison.comparator()) {
      case v1::COMPARATOR_EQUAL:
        return a == b;
      case v1::COMPARATOR_NOT_EQUAL:
        return a != b;
      case v1::COMPARATOR_LESS:
        return a < b;
      default:
        return a >= b;
    }
  }
  if (comparison.comparator() == v1::COMPARATOR_IS_NULL) return !run.param;
  if (!run.param) return false;
  return comparison.comparator() == v1::COMPARATOR_EQUAL ? *run.param == comparison.text()
                                                         : *run.param != comparison.text();
}

bool is_true(const v1::Filter& filter, const Expected& run) {
  switch (filter.node_case()) {
    case v1::Filter::kComparison:
      return is_true(filter.comparison(), run);
    case v1::Filter::kAllOf:
      return std::all_of(filter.all_of().filters().begin(), filter.all_of().filters().end(),
                         [&](const auto& f) { return is_true(f, run); });
    case v1::Filter::kAnyOf:
      return std::any_of(filter.any_of().filters().begin(), filter.any_of().filters().end(),
                         [&](const auto& f) { return is_true(f, run); });
    default:
      return true;
  }
}

int rank(const std::optional<double>& metric) {
  return !metric ? 2 : std::isnan(*metric) ? 1 : 0;
}

bool comes_before(const Expected& a, const Expected& b, bool descending) {
  if (rank(a.metric) != rank(b.metric)) return rank(a.metric) < rank(b.metric);
  if (rank(a.metric) == 0 && *a.metric != *b.metric)
    return descending ? *a.metric > *b.metric : *a.metric < *b.metric;
  return std::tuple(-a.start_time, a.id) < std::tuple(-b.start_time, b.id);
}

class RunMaker {
 public:
  RunMaker(SqlTrackingStore& store, std::string experiment)
      : store_(store), experiment_(std::move(experiment)) {}

  Expected make(std::mt19937& random) {
    Expected run;
    run.id = random_hex_id();
    run.start_time = static_cast<int64_t>(random() % 5);
    v1::plugin::NewRun created;
    created.mutable_info()->set_run_id(run.id);
    created.mutable_info()->set_experiment_id(experiment_);
    created.mutable_info()->set_status(v1::RUNNING);
    created.mutable_info()->set_start_time(run.start_time);
    store_.create_run(kContext, created);
    v1::plugin::RunDataWrite data;
    data.set_run_id(run.id);
    if (random() % 4 != 0) {
      run.metric = random() % 8 == 0 ? std::nan("") : static_cast<double>(random() % 6);
      auto& metric = *data.add_metrics();
      metric.set_key("m");
      metric.set_value(*run.metric);
    }
    if (random() % 3 != 0) {
      run.param = std::string(1, static_cast<char>('a' + random() % 3));
      auto& param = *data.add_params();
      param.set_key("p");
      param.set_value(*run.param);
    }
    store_.write_run_data(kContext, data);
    return run;
  }

 private:
  SqlTrackingStore& store_;
  std::string experiment_;
};

v1::OrderBy attribute(const char* name, bool descending) {
  v1::OrderBy order;
  order.mutable_field()->set_kind(v1::FIELD_KIND_ATTRIBUTE);
  order.mutable_field()->set_name(name);
  order.set_descending(descending);
  return order;
}

std::vector<std::string> found(SqlTrackingStore& store, const std::string& experiment,
                               const std::string& filter, const std::string& order, int64_t page) {
  v1::plugin::RunQuery query;
  query.add_experiment_ids(experiment);
  query.set_view_type(v1::ACTIVE_ONLY);
  *query.mutable_filter() = query::parse_filter(query::Entity::kRun, filter);
  *query.add_order_by() = query::parse_order_by(query::Entity::kRun, order);
  *query.add_order_by() = attribute("start_time", true);
  *query.add_order_by() = attribute("run_id", false);
  query.mutable_page()->set_limit(page);
  std::vector<std::string> ids;
  do {
    const auto answer = store.search_runs(kContext, query);
    for (const auto& run : answer.runs()) ids.push_back(run.info().run_id());
    query.mutable_page()->set_cursor(answer.next_cursor());
  } while (!query.page().cursor().empty());
  return ids;
}

}  // namespace

TEST_CASE("SQLAlchemy URIs of SQLite name files") {
  CHECK(sql::is_sqlite_uri("sqlite+pysqlite:///x"));
  CHECK_FALSE(sql::is_sqlite_uri("postgresql://x"));
  CHECK(sql::sqlite_path("sqlite:///mlflow.db") == "mlflow.db");
  CHECK(sql::sqlite_path("sqlite:////abs/mlflow.db") == "/abs/mlflow.db");
  CHECK(sql::sqlite_path("sqlite:///x.db?timeout=5") == "x.db");
  for (const char* uri : {"sqlite://", "sqlite:///:memory:", "sqlite://host/x.db", "sqlite:x.db"}) {
    CAPTURE(std::string(uri));
    CHECK_THROWS_AS(sql::sqlite_path(uri), Error);
  }
}

TEST_CASE("searches agree with a naive evaluation on random runs, whichever plan is taken") {
  const TemporaryFolder folder;
  SqlTrackingStore store(folder.options());
  std::mt19937 random(7);
  v1::plugin::NewExperiment experiment;
  experiment.set_name("others");
  const std::string others = store.create_experiment(kContext, experiment).experiment_id();
  RunMaker other_maker(store, others), maker(store, "0");
  std::vector<Expected> runs;
  // More than 1,000 runs, so that the walk along the metric's index is tried.
  for (int i = 0; i < 1300; ++i) {
    runs.push_back(maker.make(random));
    if (i % 3 == 0) other_maker.make(random);
  }
  for (const char* filter :
       {"", "metrics.m >= 3", "params.p = 'a' OR metrics.m < 2", "metrics.m != 1 AND params.p != 'b'",
        "params.p IS NULL", "metrics.m = 99", "(params.p = 'a' OR params.p = 'b') AND metrics.m >= 0"}) {
    for (const bool descending : {false, true}) {
      CAPTURE(std::string(filter));
      CAPTURE(descending);
      std::vector<Expected> expected;
      const v1::Filter parsed = query::parse_filter(query::Entity::kRun, filter);
      std::copy_if(runs.begin(), runs.end(), std::back_inserter(expected),
                   [&](const Expected& run) { return is_true(parsed, run); });
      std::sort(expected.begin(), expected.end(),
                [&](const Expected& a, const Expected& b) { return comes_before(a, b, descending); });
      std::vector<std::string> ids;
      for (const Expected& run : expected) ids.push_back(run.id);
      const std::string order = descending ? "metrics.m DESC" : "metrics.m ASC";
      CHECK(found(store, "0", filter, order, 100) == ids);
      CHECK(found(store, "0", filter, order, 5000) == ids);
    }
  }
}

TEST_CASE("a small experiment among many is found whatever the others hold") {
  const TemporaryFolder folder;
  SqlTrackingStore store(folder.options());
  std::mt19937 random(3);
  v1::plugin::NewExperiment experiment;
  experiment.set_name("small");
  const std::string small = store.create_experiment(kContext, experiment).experiment_id();
  RunMaker crowd(store, "0"), maker(store, small);
  for (int i = 0; i < 500; ++i) crowd.make(random);
  const Expected only = maker.make(random);
  CHECK(found(store, small, "", "metrics.m DESC", 10) == std::vector<std::string>{only.id});
}

TEST_CASE("what was written is there when the database is opened again") {
  const TemporaryFolder folder;
  std::mt19937 random(1);
  std::string id;
  {
    SqlTrackingStore store(folder.options());
    id = RunMaker(store, "0").make(random).id;
  }
  SqlTrackingStore store(folder.options());
  v1::plugin::RunLookup lookup;
  lookup.set_run_id(id);
  CHECK(store.get_run(kContext, lookup).info().run_id() == id);
  v1::plugin::ExperimentLookup zero;
  zero.set_experiment_id("0");
  CHECK(store.get_experiment(kContext, zero).name() == "Default");
  CHECK(store.get_experiment(kContext, zero).artifact_location() == "root:/0");
}

TEST_CASE("the plans of frequent searches use the indexes that were made for them") {
  const TemporaryFolder folder;
  const SqlTrackingStore store(folder.options());
  sql::Connection connection(folder.options().path, {});
  const auto plan = [&](const std::string& sql) {
    std::string text;
    auto rows = connection.prepare("EXPLAIN QUERY PLAN " + sql);
    while (rows.step()) text += std::string(rows.text(3)) + "\n";
    return text;
  };
  const std::string newest = plan(
      "SELECT r.run_uuid FROM runs r INDEXED BY millrace_runs_by_start WHERE r.experiment_id = 1 AND "
      "r.lifecycle_stage = 'active' ORDER BY r.start_time DESC, r.run_uuid");
  CHECK(newest.find("TEMP B-TREE") == std::string::npos);
  const std::string details =
      plan("SELECT key, value FROM params INDEXED BY index_params_run_uuid WHERE run_uuid = 'x'");
  CHECK(details.find("SEARCH params") != std::string::npos);
  const std::string steps = plan(
      "SELECT step FROM metrics INDEXED BY index_metrics_run_uuid_key_step WHERE run_uuid = 'x' AND key = "
      "'m' AND "
      "step >= 0 AND step <= 9 ORDER BY step");
  CHECK(steps.find("COVERING INDEX") != std::string::npos);
  const std::string models = plan(
      "SELECT m.name FROM registered_models m WHERE m.workspace = 'default' ORDER BY m.last_updated_time "
      "DESC "
      "NULLS LAST, m.name ASC");
  CHECK(models.find("TEMP B-TREE") == std::string::npos);
  CHECK(sql::additive_indexes().size() == 7);
}
