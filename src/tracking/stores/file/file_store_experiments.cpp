#include <openssl/rand.h>

#include "base/error.h"
#include "base/uri.h"
#include "tracking/stores/file/experiment_files.h"
#include "tracking/stores/file/file_tracking_store.h"
#include "tracking/stores/file/layout.h"
#include "tracking/stores/sql/rows.h"

namespace millrace::tracking {
namespace {

using files::ThingKind;
using files::ThingPlace;

const CallContext kContext;

// 18 digits, as those that the reference gives.
std::string random_experiment_id() {
  uint64_t bits = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&bits), sizeof bits) != 1)
    throw Error(ErrorCode::kInternalError, "The system gives no random numbers.");
  constexpr uint64_t kSmallest = 100'000'000'000'000'000;
  return std::to_string(kSmallest + bits % (9 * kSmallest));
}

v1::plugin::ExperimentLookup by_id(const std::string& id) {
  v1::plugin::ExperimentLookup lookup;
  lookup.set_experiment_id(id);
  return lookup;
}

v1::Experiment meta_of(const files::Root& root, const ThingPlace& place) {
  const auto folder = files::find_thing(root.folder(), place);
  if (!folder) throw_not_found("No Experiment with id=" + place.name + " exists");
  return files::read_experiment_meta(*folder, place.name, place.in_trash);
}

}  // namespace

v1::Experiment FileTrackingStore::require_experiment(const std::string& id, const std::string& stage) {
  v1::Experiment experiment = get_experiment(kContext, by_id(id));
  if (stage.empty() || experiment.lifecycle_stage() == stage) return experiment;
  throw Error(ErrorCode::kInvalidState, "The experiment " + id + " must be in the '" + stage +
                                            "' state. Current state is " + experiment.lifecycle_stage() +
                                            ".");
}

void FileTrackingStore::refuse_taken_name(const std::string& name) {
  index_->sync_now();
  v1::plugin::ExperimentLookup lookup;
  lookup.set_name(name);
  try {
    const v1::Experiment other = rows_.get_experiment(kContext, lookup);
    const std::string hint = other.lifecycle_stage() == "deleted"
                                 ? " It is deleted; restore it or remove it for good to use the name."
                                 : "";
    throw Error(ErrorCode::kResourceAlreadyExists, "Experiment(name=" + name + ") already exists." + hint);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kResourceDoesNotExist) throw;
  }
}

std::string FileTrackingStore::new_experiment_id() {
  v1::plugin::ExperimentQuery any;
  any.set_view_type(v1::ALL);
  any.mutable_page()->set_limit(1);
  any.add_order_by()->mutable_field()->set_kind(v1::FIELD_KIND_ATTRIBUTE);
  any.mutable_order_by(0)->mutable_field()->set_name("experiment_id");
  std::string id = "0";
  const bool is_first = rows_.search_experiments(kContext, any).experiments_size() == 0;
  for (bool taken = !is_first || root().folder().state(id); taken;
       taken = root().folder().state(id).has_value())
    id = random_experiment_id();
  return id;
}

v1::Experiment FileTrackingStore::create_experiment(const CallContext&,
                                                    const v1::plugin::NewExperiment& request) {
  root().require_writable();
  const auto structure = root().lock_structure();
  refuse_taken_name(request.name());
  v1::Experiment experiment;
  const std::string id = new_experiment_id();
  experiment.set_experiment_id(id);
  experiment.set_name(request.name());
  experiment.set_artifact_location(request.artifact_location().empty()
                                       ? append_to_uri_path(request.artifact_root(), id)
                                       : request.artifact_location());
  experiment.set_lifecycle_stage("active");
  experiment.set_creation_time(request.creation_time());
  experiment.set_last_update_time(request.creation_time());
  files::Changes changes(root());
  for (const auto& tag : request.tags()) changes.put(id + "/" + files::kTags + "/" + tag.key(), tag.value());
  // Last, as a folder without it is no experiment.
  changes.put(id + "/" + files::kMeta, files::experiment_meta_text(experiment));
  changes.commit();
  return get_experiment(kContext, by_id(id));
}

// Deleting or restoring an experiment takes its runs along, and moves its folder to the trash or from there.
void FileTrackingStore::add_stage_change(const ThingPlace& place,
                                         const v1::plugin::ExperimentChanges& request,
                                         files::Changes& changes) {
  const bool deletes = request.lifecycle_stage() == "deleted";
  const auto folder = files::find_thing(root().folder(), place);
  for (const files::Folder::Entry& entry : folder->entries()) {
    if (!entry.may_be_folder || !files::may_be_run(entry.name)) continue;
    try {
      const auto run = folder->find(entry.name);
      if (!run || !run->state(files::kMeta)) continue;
      files::RunMeta meta = files::read_run_meta(*run, entry.name, place.experiment);
      if (meta.info.lifecycle_stage() == request.lifecycle_stage()) continue;
      meta.info.set_lifecycle_stage(request.lifecycle_stage());
      meta.deleted_time = deletes ? std::optional(request.update_time()) : std::nullopt;
      changes.put(place.path + "/" + entry.name + "/" + files::kMeta, files::run_meta_text(meta));
    } catch (const Error& error) {
      // What is no run that can be shown moves along as it is.
      if (error.code() != ErrorCode::kInvalidParameterValue) throw;
    }
  }
  if (deletes == place.in_trash) return;
  const std::string in_trash = std::string(files::kTrash) + "/" + place.name;
  changes.move(place.path, deletes ? in_trash : place.name);
}

v1::plugin::Done FileTrackingStore::update_experiment(const CallContext&,
                                                      const v1::plugin::ExperimentChanges& request) {
  root().require_writable();
  parse_experiment_id(request.experiment_id());
  const auto structure = root().lock_structure();
  const v1::Experiment shown = require_experiment(request.experiment_id(), request.required_stage());
  if (request.has_name() && shown.name() != request.name()) refuse_taken_name(request.name());
  const ThingPlace place = require(ThingKind::kExperiment, request.experiment_id());
  v1::Experiment experiment = meta_of(root(), place);
  experiment.set_last_update_time(request.update_time());
  if (request.has_name()) experiment.set_name(request.name());
  if (request.has_lifecycle_stage()) experiment.set_lifecycle_stage(request.lifecycle_stage());
  files::Changes changes(root());
  changes.put(place.path + "/" + files::kMeta, files::experiment_meta_text(experiment));
  if (request.has_lifecycle_stage()) add_stage_change(place, request, changes);
  changes.commit();
  index_->follow();
  return {};
}

v1::plugin::Done FileTrackingStore::set_experiment_tag(const CallContext&,
                                                       const v1::plugin::ExperimentTagWrite& request) {
  root().require_writable();
  const auto structure = root().share_structure();
  require_experiment(request.experiment_id(), "active");
  const auto lock = root().lock(request.experiment_id());
  const ThingPlace place = require(ThingKind::kExperiment, request.experiment_id());
  files::Changes changes(root());
  changes.put(place.path + "/" + files::kTags + "/" + request.key(), request.value());
  changes.commit();
  index_->read_again(place);
  return {};
}

v1::plugin::Done FileTrackingStore::delete_experiment_tag(const CallContext&,
                                                          const v1::plugin::ExperimentTagKey& request) {
  root().require_writable();
  const auto structure = root().share_structure();
  const v1::Experiment experiment = require_experiment(request.experiment_id(), "active");
  const auto lock = root().lock(request.experiment_id());
  const ThingPlace place = require(ThingKind::kExperiment, request.experiment_id());
  const bool is_there = std::any_of(experiment.tags().begin(), experiment.tags().end(),
                                    [&](const auto& tag) { return tag.key() == request.key(); });
  if (!is_there)
    throw_not_found("No tag with name: " + request.key() + " in experiment with id " +
                    request.experiment_id());
  files::Changes changes(root());
  changes.remove(place.path + "/" + files::kTags + "/" + request.key());
  changes.commit();
  index_->read_again(place);
  return {};
}

}  // namespace millrace::tracking
