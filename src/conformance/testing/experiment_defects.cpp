#include "conformance/testing/defects.h"
#include "conformance/testing/faults.h"

namespace millrace::conformance::testing {

using Store = StoreOfFunctions;

std::vector<StoreDefect> experiment_defects() {
  return {
      {"an experiment comes back as it was created",
       [](Store& store, auto&) {
         before(store.on_create_experiment, [](auto& request) { request.clear_tags(); });
       }},
      {"an experiment is found by its name, deleted or not",
       [](Store& store, auto&) {
         after(store.on_get_experiment, [](v1::Experiment& found, const auto& lookup) {
           if (lookup.has_name() && found.lifecycle_stage() == "deleted") throw_not_found("it is deleted");
         });
       }},
      {"names of experiments in any script come back unchanged",
       [](Store& store, auto&) {
         after(store.on_get_experiment,
               [](v1::Experiment& found, const auto&) { found.set_name(without_emoji(found.name())); });
       }},
      {"an artifact location is the root with the id appended",
       [](Store& store, auto&) {
         after(store.on_get_experiment,
               [](v1::Experiment& found, const auto&) { found.set_artifact_location("root:/artifacts"); });
       }},
      {"an artifact location that is given is kept",
       [](Store& store, auto&) {
         before(store.on_create_experiment, [](auto& request) { request.clear_artifact_location(); });
       }},
      {"a name belongs to one experiment", [](Store& store, auto&) { share_names(store); }},
      {"the name of a deleted experiment stays taken", [](Store& store, auto&) { share_names(store); }},
      {"an unknown experiment is RESOURCE_DOES_NOT_EXIST",
       [](Store& store, auto&) {
         hide_error(store.on_get_experiment, ErrorCode::kResourceDoesNotExist,
                    [] { return v1::Experiment(); });
       }},
      {"an experiment is renamed",
       [](Store& store, auto&) {
         before(store.on_update_experiment, [](auto& changes) { changes.clear_name(); });
       }},
      {"an experiment is not renamed to a name that is taken",
       [](Store& store, auto&) {
         hide_error(store.on_update_experiment, ErrorCode::kResourceAlreadyExists,
                    [] { return v1::plugin::Done(); });
       }},
      {"deleting and restoring an experiment takes its runs along",
       [](Store& store, auto&) {
         after(store.on_get_run,
               [](v1::Run& run, const auto&) { run.mutable_info()->set_lifecycle_stage("active"); });
       }},
      {"a change of an experiment minds the stage that it requires",
       [](Store& store, auto&) {
         before(store.on_update_experiment, [](auto& changes) { changes.clear_required_stage(); });
       }},
      {"a deleted experiment takes no runs and no tags",
       [](Store& store, auto&) {
         hide_error(store.on_set_experiment_tag, ErrorCode::kInvalidState, [] { return v1::plugin::Done(); });
       }},
      {"tags of experiments replace and go",
       [](Store& store, auto&) {
         store.on_delete_experiment_tag = [](const auto&, const auto&) { return v1::plugin::Done(); };
       }},
      {"what was written is there when the store is opened again",
       [](Store& store, auto&) {
         const auto made_here = std::make_shared<Memory>();
         after(store.on_create_experiment, [made_here](const v1::Experiment& made, const auto&) {
           made_here->is_new(made.experiment_id());
         });
         after(store.on_get_experiment, [made_here](const v1::Experiment& found, const auto&) {
           if (!made_here->knows(found.experiment_id())) throw_not_found("it is in nobody's memory");
         });
       }},
      {"experiments are searched by name, time and tag",
       [](Store& store, auto&) {
         before(store.on_search_experiments, [](auto& query) { query.clear_filter(); });
       }},
      {"a view shows active, deleted or all experiments",
       [](Store& store, auto&) {
         before(store.on_search_experiments, [](auto& query) { query.set_view_type(v1::ALL); });
       }},
      {"experiments come in the order that is asked for",
       [](Store& store, auto&) {
         before(store.on_search_experiments,
                [](auto& query) { query.mutable_order_by()->DeleteSubrange(0, query.order_by_size() - 1); });
       }},
      {"pages of experiments show each once",
       [](Store& store, auto&) { repeat_entries(store.on_search_experiments); }},
  };
}

}  // namespace millrace::conformance::testing
