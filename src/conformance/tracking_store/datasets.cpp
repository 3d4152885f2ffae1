#include <algorithm>

#include "conformance/tracking_store/checks.h"

namespace millrace::conformance {
namespace {

const CallContext kContext;

v1::plugin::RunInputsWrite inputs(const std::string& run, const std::string& name,
                                  const std::string& context) {
  v1::plugin::RunInputsWrite request;
  request.set_run_id(run);
  v1::DatasetInput& input = *request.add_datasets();
  input.mutable_dataset()->set_name(name);
  input.mutable_dataset()->set_digest("digest-" + name);
  input.mutable_dataset()->set_source_type("local");
  input.mutable_dataset()->set_source("{\"uri\": \"\xf0\x9f\x93\x81\"}");
  input.mutable_dataset()->set_schema("{}");
  input.mutable_dataset()->set_profile("{\"rows\": 3}");
  v1::InputTag& tag = *input.add_tags();
  tag.set_key("mlflow.data.context");
  tag.set_value(context);
  return request;
}

void come_back(const StoreWords& store) {
  const std::string run = store.run(store.experiment("e"));
  const auto written = inputs(run, "d", "train");
  store->write_run_inputs(kContext, written);
  const v1::Run found = store.find_run(run);
  require_count(found.inputs().dataset_inputs_size(), 1, "datasets of the run");
  const v1::DatasetInput& input = found.inputs().dataset_inputs(0);
  require_equal(input.dataset().SerializeAsString(), written.datasets(0).dataset().SerializeAsString(),
                "the dataset");
  require(input.tags_size() == 1 && input.tags(0).value() == "train", "the context of the dataset is lost");
}

void are_kept_once(const StoreWords& store) {
  const std::string run = store.run(store.experiment("e"));
  for (int i = 0; i < 2; ++i) store->write_run_inputs(kContext, inputs(run, "d", "train"));
  require_count(store.find_run(run).inputs().dataset_inputs_size(), 1, "datasets after logging one twice");
}

void are_refused_by_deleted_runs(const StoreWords& store) {
  const std::string run = store.run(store.experiment("e"));
  store.set_run_stage(run, "active", "deleted");
  require_error([&] { store->write_run_inputs(kContext, inputs(run, "d", "train")); },
                ErrorCode::kInvalidState, "a dataset for a deleted run");
}

void are_searched(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  for (const char* context : {"train", "eval"})
    store->write_run_inputs(kContext, inputs(store.run(experiment), "d", context));
  store->write_run_inputs(kContext, inputs(store.run(store.experiment("other")), "x", "train"));
  v1::plugin::DatasetQuery query;
  query.add_experiment_ids(experiment);
  query.set_limit(10);
  std::vector<std::string> found;
  const v1::plugin::DatasetPage page = store->search_datasets(kContext, query);
  for (const auto& summary : page.summaries()) {
    found.push_back(summary.name() + " " + summary.digest() + " " + summary.context());
  }
  std::sort(found.begin(), found.end());
  require(found == std::vector<std::string>{"d digest-d eval", "d digest-d train"},
          "the datasets of an experiment are not told once for each context");
}

void filter_runs(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  const Ids runs{store.run(experiment, 3), store.run(experiment, 2), store.run(experiment, 1)};
  store->write_run_inputs(kContext, inputs(runs[0], "red", "train"));
  store->write_run_inputs(kContext, inputs(runs[1], "green", "eval"));
  const auto expect = [&](const std::string& filter, const Ids& expected) {
    require_ids(store.search(experiment, filter), expected, runs, filter);
  };
  expect("datasets.name = 'red'", {runs[0]});
  expect("datasets.name != 'red'", {runs[1]});
  expect("datasets.digest LIKE 'digest-%'", {runs[0], runs[1]});
  expect("datasets.context = 'eval'", {runs[1]});
  expect("datasets.name IN ('green', 'blue')", {runs[1]});
}

}  // namespace

std::vector<TrackingStoreCheck> dataset_checks() {
  return {
      with_capability("datasets", "a dataset of a run comes back with its context", come_back),
      with_capability("datasets", "a dataset that is logged again is kept once", are_kept_once),
      with_capability("datasets", "a deleted run takes no datasets", are_refused_by_deleted_runs),
      with_capability("datasets", "datasets of an experiment are found once for each context", are_searched),
      with_capability("datasets", "runs are searched by their datasets", filter_runs),
  };
}

}  // namespace millrace::conformance
