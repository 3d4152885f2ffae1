#include <algorithm>

#include "base/error.h"
#include "base/uri.h"
#include "tracking/stores/file/file_tracking_store.h"
#include "tracking/stores/file/layout.h"
#include "tracking/stores/file/metric_text.h"
#include "tracking/stores/sql/rows.h"
#include "tracking/stores/sql/run_tags.h"

namespace millrace::tracking {
namespace {

using files::ThingKind;
using files::ThingPlace;

const CallContext kContext;
constexpr const char* kRunNameTag = "mlflow.runName";

v1::plugin::RunLookup by_id(const std::string& id, bool info_only) {
  v1::plugin::RunLookup lookup;
  lookup.set_run_id(id);
  lookup.set_info_only(info_only);
  return lookup;
}

std::string tag_path(const std::string& run, const std::string& key) {
  return run + "/" + files::kTags + "/" + key;
}

}  // namespace

ThingPlace FileTrackingStore::require(ThingKind kind, const std::string& id) const {
  const auto place = index_->find(kind, id);
  if (place) return *place;
  switch (kind) {
    case ThingKind::kExperiment:
      throw_not_found("No Experiment with id=" + id + " exists");
    case ThingKind::kRun:
      throw_no_run(id);
    default:
      throw_not_found("Logged model with ID '" + id + "' not found.");
  }
}

v1::Run FileTrackingStore::create_run(const CallContext&, const v1::plugin::NewRun& request) {
  root().require_writable();
  parse_experiment_id(request.info().experiment_id());
  const auto structure = root().share_structure();
  const v1::Experiment experiment = require_experiment(request.info().experiment_id(), "active");
  files::RunMeta meta{request.info(), std::nullopt};
  const std::string& id = request.info().run_id();
  meta.info.set_artifact_uri(append_to_uri_path(experiment.artifact_location(), id + "/artifacts"));
  meta.info.set_lifecycle_stage("active");
  const ThingPlace place{ThingKind::kRun, experiment.experiment_id() + "/" + id, id,
                         experiment.experiment_id(), false};
  files::Changes changes(root());
  for (const char* name : {files::kMetrics, files::kParams, files::kTags, files::kArtifacts})
    changes.make_folder(place.path + "/" + name);
  for (const auto& tag : request.tags()) {
    changes.put(tag_path(place.path, tag.key()), tag.value());
    if (names_run(tag.key(), tag.value())) meta.info.set_run_name(tag.value());
  }
  // Last, as a folder without it is no run.
  changes.put(place.path + "/" + files::kMeta, files::run_meta_text(meta));
  const auto lock = root().lock(id);
  changes.commit();
  index_->read_again(place);
  return rows_.get_run(kContext, by_id(id, false));
}

void FileTrackingStore::change_run(const std::string& run_id, const std::string& required_stage,
                                   const std::vector<std::string>& also,
                                   const std::function<void(RunWrite&)>& write) {
  root().require_writable();
  const auto structure = root().share_structure();
  index_->look_at_run(run_id);
  std::vector<std::string> ids = also;
  ids.push_back(run_id);
  const auto locks = root().lock_all(ids);
  RunWrite run{require(ThingKind::kRun, run_id), {}, files::Changes(root())};
  index_->read_if_changed(run.place);
  const auto folder = files::find_thing(root().folder(), run.place);
  if (!folder) throw_no_run(run_id);
  run.meta = files::read_run_meta(*folder, run_id, run.place.experiment);
  check_stage(run_id, {0, run.meta.info.lifecycle_stage()}, required_stage);
  write(run);
  run.changes.commit();
  index_->read_again(run.place);
}

v1::RunInfo FileTrackingStore::update_run(const CallContext&, const v1::plugin::RunChanges& request) {
  change_run(request.run_id(), request.required_stage(), {}, [&](RunWrite& run) {
    v1::RunInfo& info = run.meta.info;
    if (request.has_status()) info.set_status(request.status());
    if (request.has_end_time()) info.set_end_time(request.end_time());
    if (request.has_lifecycle_stage()) {
      info.set_lifecycle_stage(request.lifecycle_stage());
      run.meta.deleted_time = std::nullopt;
      if (request.lifecycle_stage() == "deleted") run.meta.deleted_time = request.update_time();
    }
    if (request.has_run_name()) {
      info.set_run_name(request.run_name());
      run.changes.put(tag_path(run.place.path, kRunNameTag), request.run_name());
    }
    run.changes.put(run.path(files::kMeta), files::run_meta_text(run.meta));
  });
  return rows_.get_run(kContext, by_id(request.run_id(), true)).info();
}

v1::plugin::Done FileTrackingStore::delete_run_tag(const CallContext&, const v1::plugin::RunTagKey& request) {
  change_run(request.run_id(), "active", {}, [&](RunWrite& run) {
    const auto folder = files::find_thing(root().folder(), run.place);
    const auto state = folder->state(std::string(files::kTags) + "/" + request.key());
    if (!state || !state->is_file())
      throw_not_found("No tag with name: " + request.key() + " in run with id " + request.run_id());
    run.changes.remove(tag_path(run.place.path, request.key()));
  });
  return {};
}

}  // namespace millrace::tracking
