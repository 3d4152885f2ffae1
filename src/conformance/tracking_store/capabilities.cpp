#include "conformance/tracking_store/checks.h"

namespace millrace::conformance {
namespace {

const CallContext kContext;

// An operation of a capability and a message that is of no consequence.
struct Probe {
  const char* capability;
  const char* operation;
  void (*call)(TrackingStore&);
};

const Probe kProbes[] = {
    {"metric_sampling", "SampleMetricHistory",
     [](TrackingStore& store) {
       v1::plugin::SampleQuery query;
       query.add_run_ids(kUnknownRun);
       query.set_metric_key("m");
       query.set_max_points(1);
       store.sample_metric_history(kContext, query);
     }},
    {"metric_deletion", "DeleteMetrics",
     [](TrackingStore& store) {
       v1::plugin::MetricDeletion deletion;
       deletion.set_run_id(kUnknownRun);
       store.delete_metrics(kContext, deletion);
     }},
    {"datasets", "WriteRunInputs",
     [](TrackingStore& store) {
       v1::plugin::RunInputsWrite inputs;
       inputs.set_run_id(kUnknownRun);
       store.write_run_inputs(kContext, inputs);
     }},
    {"datasets", "SearchDatasets",
     [](TrackingStore& store) {
       v1::plugin::DatasetQuery query;
       query.add_experiment_ids(kUnknownExperiment);
       query.set_limit(1);
       store.search_datasets(kContext, query);
     }},
    {"logged_models", "WriteRunOutputs",
     [](TrackingStore& store) {
       v1::plugin::RunOutputsWrite outputs;
       outputs.set_run_id(kUnknownRun);
       store.write_run_outputs(kContext, outputs);
     }},
    {"logged_models", "GetLoggedModel",
     [](TrackingStore& store) {
       v1::plugin::LoggedModelLookup lookup;
       lookup.set_model_id("m-00000000000000000000000000000000");
       store.get_logged_model(kContext, lookup);
     }},
    {"logged_models", "SearchLoggedModels",
     [](TrackingStore& store) {
       v1::plugin::LoggedModelQuery query;
       query.add_experiment_ids(kUnknownExperiment);
       query.mutable_page()->set_limit(1);
       store.search_logged_models(kContext, query);
     }},
};

bool is_implemented(const Probe& probe, TrackingStore& store) {
  try {
    probe.call(store);
  } catch (const Error& error) {
    return error.code() != ErrorCode::kNotImplemented;
  }
  return true;
}

void declared_operations_are_there(TrackingStoreSubject& subject, const Effort&) {
  const auto store = subject.open_new();
  for (const Probe& probe : kProbes) {
    if (!subject.declares(probe.capability)) continue;
    require(is_implemented(probe, *store), std::string(probe.operation) +
                                               " answers NOT_IMPLEMENTED although '" + probe.capability +
                                               "' is declared");
  }
}

void other_operations_are_not_implemented(TrackingStoreSubject& subject, const Effort&) {
  const auto store = subject.open_new();
  int asked = 0;
  for (const Probe& probe : kProbes) {
    if (subject.declares(probe.capability)) continue;
    ++asked;
    require(!is_implemented(probe, *store), std::string(probe.operation) +
                                                " does not answer NOT_IMPLEMENTED although '" +
                                                probe.capability + "' is not declared");
  }
  if (asked == 0) throw NotApplicable("every capability is declared");
}

}  // namespace

std::vector<TrackingStoreCheck> capability_checks() {
  return {
      {Theme::kCorrectness, "operations of declared capabilities are there", declared_operations_are_there},
      {Theme::kCorrectness, "operations of other capabilities answer NOT_IMPLEMENTED",
       other_operations_are_not_implemented},
  };
}

}  // namespace millrace::conformance
