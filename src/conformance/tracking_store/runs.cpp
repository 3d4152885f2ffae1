#include "conformance/tracking_store/checks.h"

namespace millrace::conformance {
namespace {

const CallContext kContext;

void comes_back_as_created(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  const std::string id = store.run(experiment, 1234567890123, "first");
  const v1::RunInfo info = store.find_run(id).info();
  require_equal(info.run_id(), id, "the id");
  require_equal(info.run_uuid(), id, "run_uuid");
  require_equal(info.experiment_id(), experiment, "the experiment");
  require_equal(info.run_name(), "first", "the name");
  require_equal(info.user_id(), "user", "the user");
  require_count(info.start_time(), 1234567890123, "the start time");
  require_equal(v1::RunStatus_Name(info.status()), "RUNNING", "the status");
  require(!info.has_end_time(), "a run that goes on has an end time");
  require_equal(info.lifecycle_stage(), "active", "the lifecycle stage");
  require_equal(tag_of(store.find_run(id), "mlflow.runName"), "first", "the tag that it was created with");
}

void artifacts_lie_below_the_experiment(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  const std::string id = store.run(experiment);
  require_equal(store.find_run(id).info().artifact_uri(),
                store.find_experiment(experiment).artifact_location() + "/" + id + "/artifacts",
                "the artifact URI");
}

void a_nameless_run_is_kept(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  const std::string id = store.run(experiment, 1, "");
  require_equal(store.find_run(id).info().run_name(), "", "the name of a run without one");
  require_ids(store.search(experiment, ""), {id}, {id}, "a search");
}

void an_update_changes_what_it_names(const StoreWords& store) {
  const std::string id = store.run(store.experiment("e"), 5, "name");
  store.metric(id, "m", 1);
  store.finish(id, 99);
  const v1::Run run = store.find_run(id);
  require_equal(v1::RunStatus_Name(run.info().status()), "FINISHED", "the status");
  require_count(run.info().end_time(), 99, "the end time");
  require_equal(run.info().run_name(), "name", "the name, which was not to change");
  require_count(run.info().start_time(), 5, "the start time, which was not to change");
  require(latest(run, "m") == 1, "the metric changed");
}

void an_update_answers_the_new_state(const StoreWords& store) {
  v1::plugin::RunChanges changes;
  changes.set_run_id(store.run(store.experiment("e")));
  changes.set_status(v1::FAILED);
  const v1::RunInfo info = store->update_run(kContext, changes);
  require_equal(info.run_id(), changes.run_id(), "the id in the answer");
  require_equal(v1::RunStatus_Name(info.status()), "FAILED", "the status in the answer");
}

void a_new_name_changes_the_tag(const StoreWords& store) {
  const std::string id = store.run(store.experiment("e"), 1, "old");
  store.rename_run(id, "new");
  require_equal(store.find_run(id).info().run_name(), "new", "the name");
  require_equal(tag_of(store.find_run(id), "mlflow.runName"), "new",
                "the tag mlflow.runName after a renaming");
}

void the_tag_changes_the_name(const StoreWords& store) {
  const std::string id = store.run(store.experiment("e"), 1, "old");
  store.tag(id, "mlflow.runName", "new");
  require_equal(store.find_run(id).info().run_name(), "new", "the name after the tag mlflow.runName was set");
}

void an_unknown_run_does_not_exist(const StoreWords& store) {
  const auto refused = [](const std::function<void()>& action, const char* what) {
    require_error(action, ErrorCode::kResourceDoesNotExist, what);
  };
  refused([&] { store.find_run(kUnknownRun); }, "finding an unknown run");
  refused([&] { store.finish(kUnknownRun, 1); }, "updating an unknown run");
  refused([&] { store.metric(kUnknownRun, "m", 1); }, "logging to an unknown run");
  refused([&] { store.delete_run_tag(kUnknownRun, "k"); }, "deleting a tag of an unknown run");
}

void deletion_keeps_the_run(const StoreWords& store) {
  const std::string id = store.run(store.experiment("e"));
  store.metric(id, "m", 3);
  store.set_run_stage(id, "active", "deleted");
  require_equal(store.find_run(id).info().lifecycle_stage(), "deleted", "the stage of a deleted run");
  store.set_run_stage(id, "deleted", "active");
  require_equal(store.find_run(id).info().lifecycle_stage(), "active", "the stage of a restored run");
  require(latest(store.find_run(id), "m") == 3, "a restored run lost its metric");
}

void a_change_minds_the_required_stage(const StoreWords& store) {
  const std::string id = store.run(store.experiment("e"));
  require_error([&] { store.set_run_stage(id, "deleted", "active"); }, ErrorCode::kInvalidState,
                "restoring an active run");
  store.set_run_stage(id, "active", "deleted");
  require_error([&] { store.finish(id, 9); }, ErrorCode::kInvalidState, "finishing a deleted run");
  require(!store.find_run(id).info().has_end_time(), "a refused change was made");
}

void a_deleted_run_takes_no_data(const StoreWords& store) {
  const std::string id = store.run(store.experiment("e"));
  store.set_run_stage(id, "active", "deleted");
  require_error([&] { store.metric(id, "m", 1); }, ErrorCode::kInvalidState, "a metric for a deleted run");
  require_error([&] { store.param(id, "p", "1"); }, ErrorCode::kInvalidState, "a param for a deleted run");
  require_error([&] { store.tag(id, "k", "v"); }, ErrorCode::kInvalidState, "a tag for a deleted run");
  const v1::Run run = store.find_run(id);
  require(run.data().metrics().empty() && run.data().params().empty() && !has_tag(run, "k"),
          "refused data was kept");
}

void info_alone_leaves_the_data_out(const StoreWords& store) {
  v1::plugin::RunLookup lookup;
  lookup.set_run_id(store.run(store.experiment("e")));
  store.metric(lookup.run_id(), "m", 1);
  lookup.set_info_only(true);
  const v1::Run run = store->get_run(kContext, lookup);
  require_equal(run.info().run_id(), lookup.run_id(), "the id");
  require(run.data().metrics().empty(), "the data came along");
}

}  // namespace

std::vector<TrackingStoreCheck> run_life_checks() {
  return {
      on_new_store("a run comes back as it was created", comes_back_as_created),
      on_new_store("artifacts of a run lie below its experiment", artifacts_lie_below_the_experiment),
      on_new_store("a run without a name is kept", a_nameless_run_is_kept),
      on_new_store("an update of a run changes what it names and nothing else",
                   an_update_changes_what_it_names),
      on_new_store("an update of a run answers the new state", an_update_answers_the_new_state),
      on_new_store("renaming a run changes its tag mlflow.runName", a_new_name_changes_the_tag),
      on_new_store("the tag mlflow.runName renames the run", the_tag_changes_the_name),
      on_new_store("an unknown run is RESOURCE_DOES_NOT_EXIST", an_unknown_run_does_not_exist),
      on_new_store("a deleted run is found by its id and restored with its data", deletion_keeps_the_run),
      on_new_store("a change of a run minds the stage that it requires", a_change_minds_the_required_stage),
      on_new_store("a deleted run takes no data", a_deleted_run_takes_no_data),
      on_new_store("the info of a run comes without data when asked so", info_alone_leaves_the_data_out),
  };
}

}  // namespace millrace::conformance
