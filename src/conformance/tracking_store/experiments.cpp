#include "conformance/tracking_store/checks.h"

namespace millrace::conformance {
namespace {

const CallContext kContext;

void comes_back_as_created(const StoreWords& store) {
  v1::plugin::NewExperiment request;
  request.set_name("e");
  request.set_artifact_root("root:/artifacts");
  request.set_creation_time(1234567890123);
  v1::ExperimentTag& tag = *request.add_tags();
  tag.set_key("team");
  tag.set_value("vision");
  const std::string id = store->create_experiment(kContext, request).experiment_id();
  const v1::Experiment found = store.find_experiment(id);
  require_equal(found.experiment_id(), id, "the id");
  require_equal(found.name(), "e", "the name");
  require_equal(found.lifecycle_stage(), "active", "the lifecycle stage");
  require_count(found.creation_time(), 1234567890123, "the creation time");
  require(found.tags_size() == 1 && found.tags(0).key() == "team" && found.tags(0).value() == "vision",
          "its tags are not those it was created with");
}

void is_found_by_its_name(const StoreWords& store) {
  store.experiment("another");
  const std::string id = store.experiment("wanted");
  require_equal(store.find_experiment_by_name("wanted").experiment_id(), id, "the id of what the name finds");
  store.set_experiment_stage(id, "active", "deleted");
  require_equal(store.find_experiment_by_name("wanted").experiment_id(), id,
                "the id of what the name finds once deleted");
}

void names_come_back_unchanged(const StoreWords& store) {
  for (const char* name :
       {"n\xc3\xa4me with \xe2\x98\x83", "emoji \xf0\x9f\x9a\x80\xf0\x9f\xa4\x96", "'quotes\"; --",
        " blanks at the ends ", "Letter case", "letter case", "/a/path%20with\\signs", "100%_"}) {
    const std::string id = store.experiment(name);
    require_equal(store.find_experiment(id).name(), name, "the name of an experiment");
    require_equal(store.find_experiment_by_name(name).experiment_id(), id,
                  "the id of what the name '" + std::string(name) + "' finds");
  }
}

void location_is_made_from_the_root(const StoreWords& store) {
  const std::string id = store.experiment("e");
  require_equal(store.find_experiment(id).artifact_location(), "root:/artifacts/" + id,
                "the artifact location");
}

void location_that_is_given_is_kept(const StoreWords& store) {
  v1::plugin::NewExperiment request;
  request.set_name("e");
  request.set_artifact_location("elsewhere://bucket/a%20b?region=x");
  request.set_artifact_root("root:/artifacts");
  const std::string id = store->create_experiment(kContext, request).experiment_id();
  require_equal(store.find_experiment(id).artifact_location(), request.artifact_location(),
                "the artifact location");
}

void a_name_is_taken_once(const StoreWords& store) {
  store.experiment("taken");
  require_error([&] { store.experiment("taken"); }, ErrorCode::kResourceAlreadyExists,
                "creating an experiment with a name that is taken");
}

void the_name_of_a_deleted_experiment_stays_taken(const StoreWords& store) {
  store.set_experiment_stage(store.experiment("taken"), "active", "deleted");
  require_error([&] { store.experiment("taken"); }, ErrorCode::kResourceAlreadyExists,
                "creating an experiment with the name of a deleted one");
}

void an_unknown_experiment_does_not_exist(const StoreWords& store) {
  const auto refused = [](const std::function<void()>& action, const char* what) {
    require_error(action, ErrorCode::kResourceDoesNotExist, what);
  };
  refused([&] { store.find_experiment(kUnknownExperiment); }, "finding an unknown id");
  refused([&] { store.find_experiment_by_name("unknown"); }, "finding an unknown name");
  refused([&] { store.rename_experiment(kUnknownExperiment, "new"); }, "renaming an unknown experiment");
  refused([&] { store.tag_experiment(kUnknownExperiment, "k", "v"); }, "tagging an unknown experiment");
  refused([&] { store.run(kUnknownExperiment); }, "creating a run in an unknown experiment");
}

void is_renamed(const StoreWords& store) {
  const std::string id = store.experiment("old");
  store.rename_experiment(id, "new");
  const v1::Experiment found = store.find_experiment(id);
  require_equal(found.name(), "new", "the name");
  require_count(found.last_update_time(), 2000, "the time of the last update");
  require_count(found.creation_time(), 1000, "the creation time");
  require_error([&] { store.find_experiment_by_name("old"); }, ErrorCode::kResourceDoesNotExist,
                "finding the old name");
}

void is_not_renamed_to_a_taken_name(const StoreWords& store) {
  store.experiment("taken");
  const std::string id = store.experiment("free");
  require_error([&] { store.rename_experiment(id, "taken"); }, ErrorCode::kResourceAlreadyExists,
                "renaming to a name that is taken");
  require_equal(store.find_experiment(id).name(), "free", "the name after the refusal");
}

void deletion_and_restoration_take_runs_along(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  const std::string other = store.run(store.experiment("other"));
  const std::string run = store.run(experiment);
  store.set_experiment_stage(experiment, "active", "deleted");
  require_equal(store.find_run(run).info().lifecycle_stage(), "deleted",
                "the stage of a run of a deleted experiment");
  require_equal(store.find_run(other).info().lifecycle_stage(), "active",
                "the stage of a run of another experiment");
  store.set_experiment_stage(experiment, "deleted", "active");
  require_equal(store.find_run(run).info().lifecycle_stage(), "active",
                "the stage of a run of a restored experiment");
}

void a_change_minds_the_required_stage(const StoreWords& store) {
  const std::string id = store.experiment("e");
  require_error([&] { store.set_experiment_stage(id, "deleted", "active"); }, ErrorCode::kInvalidState,
                "restoring an active experiment");
  store.set_experiment_stage(id, "active", "deleted");
  require_error([&] { store.set_experiment_stage(id, "active", "deleted"); }, ErrorCode::kInvalidState,
                "deleting a deleted experiment");
  require_error([&] { store.rename_experiment(id, "new"); }, ErrorCode::kInvalidState,
                "renaming a deleted experiment");
}

void a_deleted_experiment_takes_no_runs_and_tags(const StoreWords& store) {
  const std::string id = store.experiment("e");
  store.set_experiment_stage(id, "active", "deleted");
  require_error([&] { store.run(id); }, ErrorCode::kInvalidState, "a run in a deleted experiment");
  require_error([&] { store.tag_experiment(id, "k", "v"); }, ErrorCode::kInvalidState,
                "a tag on a deleted experiment");
}

void tags_replace_and_go(const StoreWords& store) {
  const std::string id = store.experiment("e");
  store.tag_experiment(id, "k", "1");
  store.tag_experiment(id, "k", "2");
  const v1::Experiment found = store.find_experiment(id);
  require(found.tags_size() == 1 && found.tags(0).value() == "2", "a tag that is set again is not replaced");
  v1::plugin::ExperimentTagKey key;
  key.set_experiment_id(id);
  key.set_key("k");
  store->delete_experiment_tag(kContext, key);
  require_count(store.find_experiment(id).tags_size(), 0, "tags after the deletion of the only one");
  require_error([&] { store->delete_experiment_tag(kContext, key); }, ErrorCode::kResourceDoesNotExist,
                "deleting a tag that is not there");
}

void data_stays_when_opened_again(TrackingStoreSubject& subject, const Effort&) {
  std::string experiment, run;
  {
    const StoreWords store(subject.open_new());
    experiment = store.experiment("e");
    run = store.run(experiment);
    store.metric(run, "m", 0.5);
  }
  const StoreWords store(subject.reopen());
  require_equal(store.find_experiment(experiment).name(), "e", "the name of the experiment");
  require(latest(store.find_run(run), "m") == 0.5, "the metric of the run differs");
}

}  // namespace

std::vector<TrackingStoreCheck> experiment_checks() {
  return {
      on_new_store("an experiment comes back as it was created", comes_back_as_created),
      on_new_store("an experiment is found by its name, deleted or not", is_found_by_its_name),
      on_new_store("names of experiments in any script come back unchanged", names_come_back_unchanged),
      on_new_store("an artifact location is the root with the id appended", location_is_made_from_the_root),
      on_new_store("an artifact location that is given is kept", location_that_is_given_is_kept),
      on_new_store("a name belongs to one experiment", a_name_is_taken_once),
      on_new_store("the name of a deleted experiment stays taken",
                   the_name_of_a_deleted_experiment_stays_taken),
      on_new_store("an unknown experiment is RESOURCE_DOES_NOT_EXIST", an_unknown_experiment_does_not_exist),
      on_new_store("an experiment is renamed", is_renamed),
      on_new_store("an experiment is not renamed to a name that is taken", is_not_renamed_to_a_taken_name),
      on_new_store("deleting and restoring an experiment takes its runs along",
                   deletion_and_restoration_take_runs_along),
      on_new_store("a change of an experiment minds the stage that it requires",
                   a_change_minds_the_required_stage),
      on_new_store("a deleted experiment takes no runs and no tags",
                   a_deleted_experiment_takes_no_runs_and_tags),
      on_new_store("tags of experiments replace and go", tags_replace_and_go),
      {Theme::kCorrectness, "what was written is there when the store is opened again",
       data_stays_when_opened_again},
  };
}

}  // namespace millrace::conformance
