#include "base/ids.h"
#include "conformance/tracking_store/checks.h"
#include "query/query.h"

namespace millrace::conformance {
namespace {

using v1::plugin::LoggedModelChanges;

const CallContext kContext;

std::string new_model(const StoreWords& store, const std::string& experiment, const std::string& name,
                      int64_t created = 5) {
  v1::LoggedModel model;
  model.mutable_info()->set_model_id("m-" + random_hex_id());
  model.mutable_info()->set_experiment_id(experiment);
  model.mutable_info()->set_name(name);
  model.mutable_info()->set_artifact_uri("root:/models/" + name);
  model.mutable_info()->set_creation_timestamp_ms(created);
  model.mutable_info()->set_last_updated_timestamp_ms(created);
  model.mutable_info()->set_status(v1::LOGGED_MODEL_PENDING);
  model.mutable_info()->set_model_type("classifier");
  store->create_logged_model(kContext, model);
  return model.info().model_id();
}

v1::LoggedModel find(const StoreWords& store, const std::string& id, bool allow_deleted = false) {
  v1::plugin::LoggedModelLookup lookup;
  lookup.set_model_id(id);
  lookup.set_allow_deleted(allow_deleted);
  return store->get_logged_model(kContext, lookup);
}

LoggedModelChanges changes_of(const std::string& id) {
  LoggedModelChanges changes;
  changes.set_model_id(id);
  changes.set_update_time(9);
  return changes;
}

void remove_model(const StoreWords& store, const std::string& id) {
  LoggedModelChanges changes = changes_of(id);
  changes.set_lifecycle_stage("deleted");
  store->update_logged_model(kContext, changes);
}

void set_tag(const StoreWords& store, const std::string& id, const std::string& key,
             const std::string& value) {
  LoggedModelChanges changes = changes_of(id);
  v1::LoggedModelTag& tag = *changes.add_set_tags();
  tag.set_key(key);
  tag.set_value(value);
  store->update_logged_model(kContext, changes);
}

Ids search(const StoreWords& store, const std::string& experiment, const std::string& filter,
           const std::vector<std::string>& order = {"creation_timestamp_ms"}, int64_t limit = 100) {
  v1::plugin::LoggedModelQuery query;
  query.add_experiment_ids(experiment);
  *query.mutable_filter() = query::parse_filter(query::Entity::kLoggedModel, filter);
  for (const auto& term : order)
    *query.add_order_by() = query::parse_order_by(query::Entity::kLoggedModel, term);
  *query.add_order_by() = query::parse_order_by(query::Entity::kLoggedModel, "model_id");
  query.mutable_page()->set_limit(limit);
  Ids ids;
  do {
    const auto page = store->search_logged_models(kContext, query);
    require(page.models_size() <= limit, "a page holds more models than its limit");
    for (const auto& model : page.models()) ids.push_back(model.info().model_id());
    query.mutable_page()->set_cursor(page.next_cursor());
  } while (!query.page().cursor().empty());
  return ids;
}

void comes_back_as_created(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  const std::string id = new_model(store, experiment, "n\xc3\xa4me \xf0\x9f\xa4\x96");
  const v1::LoggedModelInfo info = find(store, id).info();
  require_equal(info.model_id(), id, "the id");
  require_equal(info.name(), "n\xc3\xa4me \xf0\x9f\xa4\x96", "the name");
  require_equal(info.experiment_id(), experiment, "the experiment");
  require_equal(info.model_type(), "classifier", "the type");
  require_count(info.creation_timestamp_ms(), 5, "the creation time");
  require(info.status() == v1::LOGGED_MODEL_PENDING, "a new model is not pending");
}

void is_changed(const StoreWords& store) {
  const std::string id = new_model(store, store.experiment("e"), "m");
  LoggedModelChanges changes = changes_of(id);
  changes.set_status(v1::LOGGED_MODEL_READY);
  v1::LoggedModelParameter& param = *changes.add_add_params();
  param.set_key("p");
  param.set_value("1");
  const v1::LoggedModel changed = store->update_logged_model(kContext, changes);
  require(changed.info().status() == v1::LOGGED_MODEL_READY, "the answer lacks the new status");
  const v1::LoggedModel found = find(store, id);
  require(found.info().status() == v1::LOGGED_MODEL_READY, "the new status is lost");
  require(found.data().params_size() == 1 && found.data().params(0).value() == "1", "the param is lost");
}

void tags_replace_and_go(const StoreWords& store) {
  const std::string id = new_model(store, store.experiment("e"), "m");
  set_tag(store, id, "k", "1");
  set_tag(store, id, "k", "2");
  const v1::LoggedModelInfo info = find(store, id).info();
  require(info.tags_size() == 1 && info.tags(0).value() == "2", "a tag that is set again is not replaced");
  LoggedModelChanges changes = changes_of(id);
  changes.add_delete_tags("k");
  store->update_logged_model(kContext, changes);
  require_count(find(store, id).info().tags_size(), 0, "tags after the deletion of the only one");
  require_error([&] { store->update_logged_model(kContext, changes); }, ErrorCode::kResourceDoesNotExist,
                "deleting a tag that is not there");
}

void a_deleted_model_is_gone(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  const std::string id = new_model(store, experiment, "m");
  remove_model(store, id);
  require_error([&] { find(store, id); }, ErrorCode::kResourceDoesNotExist, "finding a deleted model");
  require(search(store, experiment, "").empty(), "a search finds a deleted model");
  require_equal(find(store, id, true).info().model_id(), id, "the id of a deleted model for who may see it");
}

void an_unknown_model_does_not_exist(const StoreWords& store) {
  const std::string id = "m-00000000000000000000000000000000";
  require_error([&] { find(store, id); }, ErrorCode::kResourceDoesNotExist, "finding an unknown model");
  require_error([&] { set_tag(store, id, "k", "v"); }, ErrorCode::kResourceDoesNotExist,
                "tagging an unknown model");
}

void are_searched(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  const Ids ids{new_model(store, experiment, "one", 1), new_model(store, experiment, "two", 2)};
  new_model(store, store.experiment("other"), "one");
  set_tag(store, ids[1], "stage", "final");
  const auto expect = [&](const std::string& filter, const Ids& expected) {
    require_ids(search(store, experiment, filter), expected, ids, filter);
  };
  expect("", ids);
  expect("name = 'one'", {ids[0]});
  expect("name LIKE 't%'", {ids[1]});
  expect("tags.stage = 'final'", {ids[1]});
  expect("creation_timestamp_ms < 2", {ids[0]});
  expect("status = 'PENDING'", ids);
  require_ids(search(store, experiment, "", {"name DESC"}), {ids[1], ids[0]}, ids, "by name, descending");
}

void pages_show_each_once(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  for (int i = 0; i < 17; ++i) new_model(store, experiment, "m", i / 4);
  const Ids whole = search(store, experiment, "");
  require_count(static_cast<int64_t>(whole.size()), 17, "models");
  require_ids(search(store, experiment, "", {"creation_timestamp_ms"}, 3), whole, whole,
              "pages of 3 against the whole");
}

void runs_keep_their_models(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  const std::string run = store.run(experiment);
  v1::plugin::RunOutputsWrite outputs;
  outputs.set_run_id(run);
  v1::ModelOutput& output = *outputs.add_models();
  output.set_model_id(new_model(store, experiment, "m"));
  output.set_step(3);
  for (int i = 0; i < 2; ++i) store->write_run_outputs(kContext, outputs);
  const v1::Run found = store.find_run(run);
  require_count(found.outputs().model_outputs_size(), 1, "models of the run");
  require_equal(found.outputs().model_outputs(0).model_id(), output.model_id(), "the model of the run");
  require_count(found.outputs().model_outputs(0).step(), 3, "the step of the model");
}

void metrics_of_a_model_are_kept_for_it(const StoreWords& store) {
  const std::string experiment = store.experiment("e");
  const std::string id = new_model(store, experiment, "m");
  v1::plugin::RunDataWrite data = StoreWords::batch(store.run(experiment));
  StoreWords::add_metric(data, "accuracy", 0.75);
  data.mutable_metrics(0)->set_model_id(id);
  store.write(data);
  require_ids(search(store, experiment, "metrics.accuracy > 0.5"), {id}, {id}, "models with accuracy > 0.5");
  require_ids(search(store, experiment, "metrics.accuracy > 0.9"), {}, {id}, "models with accuracy > 0.9");
  const v1::LoggedModel found = find(store, id);
  require(found.data().metrics_size() == 1 && found.data().metrics(0).value() == 0.75,
          "the model lacks its metric");
}

TrackingStoreCheck check(const std::string& name, void (*run)(const StoreWords&)) {
  return with_capability("logged_models", name, run);
}

}  // namespace

std::vector<TrackingStoreCheck> logged_model_checks() {
  return {
      check("a logged model comes back as it was created", comes_back_as_created),
      check("a logged model takes a status and params", is_changed),
      check("tags of logged models replace and go", tags_replace_and_go),
      check("a deleted logged model is neither found nor listed", a_deleted_model_is_gone),
      check("an unknown logged model is RESOURCE_DOES_NOT_EXIST", an_unknown_model_does_not_exist),
      check("logged models are searched by name, time and tag", are_searched),
      check("pages of logged models show each once", pages_show_each_once),
      check("a run keeps the models that it made", runs_keep_their_models),
      check("metrics of a logged model are kept for it", metrics_of_a_model_are_kept_for_it),
  };
}

}  // namespace millrace::conformance
