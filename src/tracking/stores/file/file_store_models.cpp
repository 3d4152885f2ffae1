#include "base/error.h"
#include "tracking/stores/file/file_tracking_store.h"
#include "tracking/stores/file/layout.h"

namespace millrace::tracking {
namespace {

using files::ThingKind;
using files::ThingPlace;

const CallContext kContext;

v1::plugin::LoggedModelLookup by_id(const std::string& id) {
  v1::plugin::LoggedModelLookup lookup;
  lookup.set_model_id(id);
  lookup.set_allow_deleted(true);
  return lookup;
}

// A param of a logged model never changes; the same value again is no conflict.
void refuse_changed_params(const v1::LoggedModel& model, const v1::plugin::LoggedModelChanges& request) {
  for (const auto& param : request.add_params()) {
    for (const auto& known : model.data().params()) {
      if (known.key() != param.key() || known.value() == param.value()) continue;
      throw_invalid_parameter("Logged model '" + request.model_id() + "' has a param '" + param.key() +
                              "' already, with value '" + known.value() + "'; params cannot be changed.");
    }
  }
}

void require_tag(const v1::LoggedModel& model, const std::string& key) {
  for (const auto& tag : model.info().tags()) {
    if (tag.key() == key) return;
  }
  throw_not_found("No tag with key '" + key + "' found for model with ID '" + model.info().model_id() + "'.");
}

}  // namespace

v1::plugin::Done FileTrackingStore::create_logged_model(const CallContext&, const v1::LoggedModel& request) {
  root().require_writable();
  const v1::LoggedModelInfo& info = request.info();
  files::check_folder_name(info.model_id());
  const auto structure = root().share_structure();
  require_experiment(info.experiment_id(), "");
  const ThingPlace experiment = require(ThingKind::kExperiment, info.experiment_id());
  const ThingPlace place{ThingKind::kModel, experiment.path + "/" + files::kModels + "/" + info.model_id(),
                         info.model_id(), info.experiment_id(), experiment.in_trash};
  files::Changes changes(root());
  for (const char* name : {files::kMetrics, files::kParams, files::kTags})
    changes.make_folder(place.path + "/" + name);
  for (const auto& param : request.data().params())
    changes.put(place.path + "/" + files::kParams + "/" + param.key(), param.value());
  for (const auto& tag : info.tags())
    changes.put(place.path + "/" + files::kTags + "/" + tag.key(), tag.value());
  changes.put(place.path + "/" + files::kMeta, files::model_meta_text({info, "active"}));
  const auto lock = root().lock(info.model_id());
  changes.commit();
  index_->read_again(place);
  return {};
}

v1::LoggedModel FileTrackingStore::update_logged_model(const CallContext&,
                                                       const v1::plugin::LoggedModelChanges& request) {
  root().require_writable();
  const std::string& id = request.model_id();
  const auto structure = root().share_structure();
  index_->look_at_model(id);
  const auto lock = root().lock(id);
  const ThingPlace place = require(ThingKind::kModel, id);
  index_->read_if_changed(place);
  const v1::LoggedModel model = rows_.get_logged_model(kContext, by_id(id));
  refuse_changed_params(model, request);
  files::Changes changes(root());
  for (const auto& param : request.add_params())
    changes.put(place.path + "/" + files::kParams + "/" + param.key(), param.value());
  for (const auto& tag : request.set_tags())
    changes.put(place.path + "/" + files::kTags + "/" + tag.key(), tag.value());
  for (const auto& key : request.delete_tags()) {
    require_tag(model, key);
    changes.remove(place.path + "/" + files::kTags + "/" + key);
  }
  if (request.has_status() || request.has_lifecycle_stage()) {
    files::ModelMeta meta =
        files::read_model_meta(*files::find_thing(root().folder(), place), id, place.experiment);
    meta.info.set_last_updated_timestamp_ms(request.update_time());
    if (request.has_status()) meta.info.set_status(request.status());
    if (request.has_lifecycle_stage()) meta.stage = request.lifecycle_stage();
    changes.put(place.path + "/" + files::kMeta, files::model_meta_text(meta));
  }
  changes.commit();
  index_->read_again(place);
  return rows_.get_logged_model(kContext, by_id(id));
}

}  // namespace millrace::tracking
