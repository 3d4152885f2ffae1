#include "tracking_store.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "check.h"

using namespace millrace;
using sample_plugin::SamplePlugin;

namespace {

namespace fs = std::filesystem;

std::string experiment(SamplePlugin& store, const std::string& name) {
  v1::plugin::NewExperiment request;
  request.set_name(name);
  request.set_artifact_root("root:/artifacts");
  return store.create_experiment({}, request).experiment_id();
}

void run(SamplePlugin& store, const std::string& experiment_id, const std::string& id) {
  v1::plugin::NewRun request;
  request.mutable_info()->set_run_id(id);
  request.mutable_info()->set_experiment_id(experiment_id);
  store.create_run({}, request);
}

void log(SamplePlugin& store, const std::string& run_id, const std::string& key, double value, int64_t step) {
  v1::plugin::RunDataWrite request;
  request.set_run_id(run_id);
  v1::Metric& metric = *request.add_metrics();
  metric.set_key(key);
  metric.set_value(value);
  metric.set_step(step);
  store.write_run_data({}, request);
}

v1::Run get(SamplePlugin& store, const std::string& run_id) {
  v1::plugin::RunLookup request;
  request.set_run_id(run_id);
  return store.get_run({}, request);
}

std::string found(SamplePlugin& store, double accuracy_above) {
  v1::plugin::RunQuery query;
  query.mutable_page()->set_limit(10);
  v1::Comparison& comparison = *query.mutable_filter()->mutable_comparison();
  comparison.mutable_field()->set_kind(v1::FIELD_KIND_METRIC);
  comparison.mutable_field()->set_name("accuracy");
  comparison.set_comparator(v1::COMPARATOR_GREATER);
  comparison.set_number(accuracy_above);
  std::string ids;
  const auto page = store.search_runs({}, query);
  for (const v1::Run& run : page.runs()) ids += run.info().run_id() + " ";
  return ids;
}

void names_of_experiments_are_unique(SamplePlugin& store) {
  experiment(store, "unique");
  check_error(ErrorCode::kResourceAlreadyExists, "a second of that name",
              [&] { experiment(store, "unique"); });
}

void the_latest_metric_counts(SamplePlugin& store) {
  run(store, experiment(store, "metrics"), "r");
  log(store, "r", "loss", 0.5, 2);
  log(store, "r", "loss", 0.9, 1);
  log(store, "r", "strange", std::numeric_limits<double>::quiet_NaN(), 0);
  const v1::Run kept = get(store, "r");
  check(kept.data().metrics_size() == 2, "one latest value of each metric");
  check(kept.data().metrics(0).value() == 0.5 && kept.data().metrics(0).step() == 2,
        "that of the greatest step");
  check(std::isnan(kept.data().metrics(1).value()), "NaN comes back");
}

void runs_are_found_by_their_metrics(SamplePlugin& store) {
  const std::string id = experiment(store, "search");
  for (const char* name : {"good", "bad"}) run(store, id, name);
  log(store, "good", "accuracy", 0.9, 0);
  log(store, "bad", "accuracy", 0.1, 0);
  check(found(store, 0.5) == "good ", "the run whose metric is greater");
}

void params_do_not_change(SamplePlugin& store) {
  v1::plugin::RunDataWrite request;
  request.set_run_id("r");
  request.add_params()->set_key("p");
  request.mutable_params(0)->set_value("1");
  check(store.write_run_data({}, request).conflicts().empty(), "a new param is taken");
  request.mutable_params(0)->set_value("2");
  check(store.write_run_data({}, request).conflicts_size() == 1, "another value is a conflict");
  check(get(store, "r").data().params(0).value() == "1", "the first value stays");
}

void another_server_sees_it(SamplePlugin& store, const std::string& uri) {
  SamplePlugin other(options({}, uri));
  log(store, "r", "late", 1, 0);
  check(get(other, "r").data().metrics_size() == 3, "what was written meanwhile");
  check_error(ErrorCode::kResourceDoesNotExist, "an unknown run", [&] { get(other, "none"); });
}

}  // namespace

int main() {
  std::string folder = (fs::temp_directory_path() / "sample_plugin-XXXXXX").string();
  check(mkdtemp(folder.data()) != nullptr, "a folder for the test");
  SamplePlugin store(options({}, "sample-name:" + folder));
  names_of_experiments_are_unique(store);
  the_latest_metric_counts(store);
  runs_are_found_by_their_metrics(store);
  params_do_not_change(store);
  another_server_sees_it(store, "sample-name:" + folder);
  fs::remove_all(folder);
}
