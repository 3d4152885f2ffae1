// A sequence of what the stores do on SQL Server, always the same, for the golden files of the statements
// that they send: tests/e2e/test_mssql_statements.py runs these cases one after the other, with the URI of
// what stands for a server, and takes down what is sent. The kits are the sequence, as far as one caller
// suffices for them; what they leave out comes after them.

#include <doctest/doctest.h>

#include <cstdlib>

#include "base/error.h"
#include "conformance/kits.h"
#include "conformance/runner.h"
#include "conformance/testing/subjects.h"
#include "conformance/tracking_store/store_words.h"
#include "registry/stores/sql/sql_registry_store.h"
#include "sql/mssql/mssql_connection.h"
#include "sql/mssql/mssql_database.h"
#include "sql/mssql/uri.h"
#include "sql/postgres/postgres_database.h"
#include "tracking/stores/sql/sql_tracking_store.h"

using namespace millrace;
using namespace millrace::conformance;
using namespace millrace::conformance::testing;

namespace {

const CallContext kContext;

// Whether a budget of time is used up, the machine decides. Here each always is, at the last moment: what is
// asked within it is sent, and so is what is asked instead.
class SpentConnection : public sql::mssql::MssqlConnection {
 public:
  using MssqlConnection::MssqlConnection;
  bool run_within(std::chrono::milliseconds, const std::function<void()>& action) override {
    action();
    return false;
  }
};

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) throw Error(ErrorCode::kInternalError, std::string(name) + " is not set");
  return value;
}

std::shared_ptr<sql::Database> open_database() {
  sql::MssqlDatabaseOptions options;
  options.uri = setting("MILLRACE_TEST_MSSQL_URI");
  options.artifact_root = "root:/artifacts";
  { const sql::MssqlDatabase with_schema(options); }
  const auto connect = [target = sql::mssql::parse_uri(options.uri)] {
    return std::make_unique<sql::Connection>(std::make_unique<SpentConnection>(target));
  };
  return std::make_shared<sql::Database>(connect(), connect, 4);
}

// TRUNCATE would make a file anew for each table, which takes longer than most checks.
constexpr const char* kEmpty = R"(
DO $$
DECLARE name text;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
      AND tablename NOT IN ('alembic_version', 'workspaces') LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', name);
  END LOOP;
  INSERT INTO experiments VALUES (0, 'Default', 'root:/artifacts/0', 'active', 0, 0, 'default');
END $$)";

// Makes the database what it was when it was new. Past what takes statements down, which this is none of.
class Cleaner {
 public:
  void empty() { connection_->execute(kEmpty); }

 private:
  const std::unique_ptr<sql::Connection> connection_ =
      sql::connect_to_postgres(setting("MILLRACE_TEST_POSTGRES_URI"));
};

// Stores on one database, which is emptied for each check: to make one takes longer than a check does.
template <typename Interface, typename Store>
class SharedSubject : public Subject<Interface> {
 public:
  SharedSubject(std::shared_ptr<sql::Database> database, Cleaner& cleaner, Capabilities capabilities)
      : database_(std::move(database)), cleaner_(cleaner), capabilities_(std::move(capabilities)) {}

  std::shared_ptr<Interface> open_new() override {
    cleaner_.empty();
    return reopen();
  }
  std::shared_ptr<Interface> reopen() override { return std::make_shared<Store>(database_); }
  bool declares(const std::string& capability) const override { return capabilities_.contains(capability); }

 private:
  const std::shared_ptr<sql::Database> database_;
  Cleaner& cleaner_;
  const Capabilities capabilities_;
};

StoreWords open_empty_store() {
  Cleaner().empty();
  return StoreWords(std::make_shared<tracking::SqlTrackingStore>(open_database()));
}

// Checks of one caller, so that what is sent depends on no one's turn.
template <typename Store, typename Interface>
void run_alone(Kit<Interface> kit, const Capabilities& capabilities, int least) {
  std::erase_if(kit.checks, [](const Check<Interface>& check) {
    return check.name == "pages of thousands of runs with ties show each once";
  });
  KitOptions options;
  options.themes = {Theme::kCorrectness};
  options.effort.scale = 0.05;
  const auto database = open_database();
  Cleaner cleaner;
  const auto subject = [&] {
    return std::make_shared<SharedSubject<Interface, Store>>(database, cleaner, capabilities);
  };
  const Report report = run_kit<Interface>(kit, subject, options);
  for (const Result& result : report.results()) {
    CAPTURE(result.check);
    if (result.verdict == Verdict::kFailed) CHECK(result.reason == "");
  }
  CHECK(report.count(Verdict::kPassed) >= least);
}

v1::plugin::RunTableQuery table_of(const std::string& experiment) {
  v1::plugin::RunTableQuery query;
  *query.mutable_search() = StoreWords::run_query("", {"metrics.m DESC"}, 2);
  query.mutable_search()->add_experiment_ids(experiment);
  for (const char* attribute : {"run_id", "run_name", "status", "start_time", "end_time", "user_id",
                                "artifact_uri", "lifecycle_stage", "experiment_id"})
    query.add_attributes(attribute);
  query.add_metrics("m");
  query.add_params("p");
  query.add_tags("t");
  query.set_longest_text(100);
  query.set_with_total(true);
  return query;
}

v1::plugin::RunColumnsQuery columns_of(const std::vector<std::string>& experiments, bool quick) {
  v1::plugin::RunColumnsQuery query;
  for (const std::string& experiment : experiments) query.add_experiment_ids(experiment);
  query.set_limit(100);
  query.set_quick(quick);
  return query;
}

v1::plugin::MetricLinesQuery line_of(const std::string& run, int max_points) {
  v1::plugin::MetricLinesQuery query;
  query.add_run_ids(run);
  query.add_metric_keys("m");
  query.set_max_points(max_points);
  return query;
}

void log_some(const StoreWords& store, const std::string& run) {
  for (int step = 0; step < 3; ++step) store.metric(run, "m", step, step);
  store.param(run, "p", "x");
  store.tag(run, "t", "x");
}

// As many runs as an experiment has that is searched by walking the values of a metric.
constexpr int kManyRuns = 1000;

}  // namespace

TEST_CASE("statements that open a new database and one that is there") {
  const auto made = open_database();
  const auto found = open_database();
  CHECK(found->is_remote());
}

TEST_CASE("statements of the tracking store's kit") {
  run_alone<tracking::SqlTrackingStore>(
      tracking_store_kit(), {"metric_sampling", "metric_deletion", "datasets", "logged_models"}, 40);
}

TEST_CASE("statements of overviews, which the kit has no checks of") {
  const StoreWords store = open_empty_store();
  const std::string experiment = store.experiment("e");
  const std::string other = store.experiment("of other keys");
  log_some(store, store.run(other));
  const std::string run = store.run(experiment);
  store.metric(run, "m", 1, 1);
  store.metric(run, "m", 2, 2);
  for (int i = 1; i < 3; ++i) store.run(experiment, i);
  auto table = table_of(experiment);
  CHECK(store->read_run_table(kContext, table).total() == 3);
  table.set_first_row(1);
  CHECK(store->read_run_table(kContext, table).run_ids_size() == 2);
  for (const bool quick : {true, false}) {
    CHECK(store->list_run_columns(kContext, columns_of({experiment}, quick)).metrics_size() == 1);
    CHECK(store->list_run_columns(kContext, columns_of({experiment, other}, quick)).params_size() == 1);
    CHECK(store->list_run_columns(kContext, columns_of({}, quick)).tags_size() == 2);
  }
  CHECK(store->count_runs(kContext, {}).counts_size() == 2);
  CHECK(store->read_metric_lines(kContext, line_of(run, 1)).lines(0).values_size() == 1);
  CHECK(store->read_metric_lines(kContext, line_of(run, 2)).lines(0).values_size() == 2);
}

TEST_CASE("statements of searches by a metric in an experiment of many runs") {
  const StoreWords store = open_empty_store();
  const std::string experiment = store.experiment("e");
  for (int i = 0; i < kManyRuns; ++i) store.run(experiment, i);
  for (const char* order : {"metrics.m", "metrics.m DESC"})
    CHECK(store.search(experiment, "", {order}).size() == kManyRuns);
  CHECK(store.search(experiment, "params.p = 'x'", {"metrics.m", "params.p DESC"}).empty());
  CHECK(store->read_run_table(kContext, table_of(experiment)).total() == kManyRuns);
}

TEST_CASE("statements of the registry store's kit") {
  run_alone<registry::SqlRegistryStore>(registry_store_kit(), {"stages", "webhooks"}, 20);
}
