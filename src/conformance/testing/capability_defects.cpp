#include "conformance/testing/defects.h"
#include "conformance/testing/faults.h"

namespace millrace::conformance::testing {
namespace {

using Store = StoreOfFunctions;

void number_digests(Store& store) {
  const auto count = std::make_shared<std::atomic<int>>(0);
  before(store.on_write_run_inputs, [count](v1::plugin::RunInputsWrite& inputs) {
    for (auto& input : *inputs.mutable_datasets())
      input.mutable_dataset()->set_digest(std::to_string(++*count));
  });
}

}  // namespace

std::vector<StoreDefect> capability_defects() {
  return {
      {"a dataset of a run comes back with its context",
       [](Store& store, auto&) {
         before(store.on_write_run_inputs, [](auto& inputs) {
           for (auto& input : *inputs.mutable_datasets()) input.clear_tags();
         });
       }},
      {"a dataset that is logged again is kept once", [](Store& store, auto&) { number_digests(store); }},
      {"a deleted run takes no datasets",
       [](Store& store, auto&) {
         hide_error(store.on_write_run_inputs, ErrorCode::kInvalidState, [] { return v1::plugin::Done(); });
       }},
      {"datasets of an experiment are found once for each context",
       [](Store& store, auto&) {
         after(store.on_search_datasets, [](v1::plugin::DatasetPage& page, const auto&) {
           page.mutable_summaries()->DeleteSubrange(1, page.summaries_size() - 1);
         });
       }},
      {"a logged model comes back as it was created",
       [](Store& store, auto&) {
         before(store.on_create_logged_model, [](v1::LoggedModel& model) {
           model.mutable_info()->set_name(without_emoji(model.info().name()));
         });
       }},
      {"a logged model takes a status and params",
       [](Store& store, auto&) {
         before(store.on_update_logged_model, [](auto& changes) { changes.clear_add_params(); });
       }},
      {"tags of logged models replace and go",
       [](Store& store, auto&) {
         before(store.on_update_logged_model, [](auto& changes) { changes.clear_delete_tags(); });
       }},
      {"a deleted logged model is neither found nor listed",
       [](Store& store, auto&) {
         before(store.on_update_logged_model, [](auto& changes) { changes.clear_lifecycle_stage(); });
       }},
      {"an unknown logged model is RESOURCE_DOES_NOT_EXIST",
       [](Store& store, auto&) {
         hide_error(store.on_get_logged_model, ErrorCode::kResourceDoesNotExist,
                    [] { return v1::LoggedModel(); });
       }},
      {"logged models are searched by name, time and tag",
       [](Store& store, auto&) {
         before(store.on_search_logged_models, [](auto& query) { query.clear_filter(); });
       }},
      {"pages of logged models show each once",
       [](Store& store, auto&) { repeat_entries(store.on_search_logged_models); }},
      {"a run keeps the models that it made",
       [](Store& store, auto&) {
         before(store.on_write_run_outputs, [](auto& outputs) {
           for (auto& model : *outputs.mutable_models()) model.clear_step();
         });
       }},
      {"metrics of a logged model are kept for it",
       [](Store& store, auto&) {
         before(store.on_write_run_data, [](auto& data) {
           for (auto& metric : *data.mutable_metrics()) metric.clear_model_id();
         });
       }},
      {"operations of declared capabilities are there",
       [](Store& store, auto&) {
         store.on_get_logged_model = [](const auto&, const auto&) -> v1::LoggedModel {
           throw_missing_capability("TrackingStore", "logged_models");
         };
       }},
      // Nothing to spoil: the test declares no capability of a store that has them all.
      {"operations of other capabilities answer NOT_IMPLEMENTED", nullptr},
  };
}

}  // namespace millrace::conformance::testing
