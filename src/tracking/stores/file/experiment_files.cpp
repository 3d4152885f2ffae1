#include "tracking/stores/file/experiment_files.h"

#include "base/error.h"
#include "tracking/stores/file/layout.h"
#include "tracking/stores/file/yaml_fields.h"
#include "tracking/stores/file/yaml_text.h"

namespace millrace::tracking::files {

v1::Experiment read_experiment_meta(const Folder& folder, const std::string& id, bool in_trash) {
  const std::string path = folder.path_of(kMeta);
  const YamlFields fields(folder.read(kMeta, kLargestMeta), path);
  v1::Experiment experiment;
  experiment.set_experiment_id(fields.required_text("experiment_id"));
  if (experiment.experiment_id() != id)
    throw_invalid_parameter(path + " is that of experiment '" + experiment.experiment_id() + "'.");
  experiment.set_name(fields.required_text("name"));
  experiment.set_artifact_location(fields.text("artifact_location").value_or(""));
  const bool deleted = in_trash || fields.text("lifecycle_stage").value_or("active") == "deleted";
  experiment.set_lifecycle_stage(deleted ? "deleted" : "active");
  // Before MLflow 1.24 there were no times.
  if (const auto time = fields.integer("creation_time")) experiment.set_creation_time(*time);
  if (const auto time = fields.integer("last_update_time")) experiment.set_last_update_time(*time);
  return experiment;
}

std::string experiment_meta_text(const v1::Experiment& experiment) {
  YamlText text;
  text.set("artifact_location", experiment.artifact_location());
  text.set("creation_time", experiment.creation_time()).set("experiment_id", experiment.experiment_id());
  text.set("last_update_time", experiment.last_update_time());
  text.set("lifecycle_stage", experiment.lifecycle_stage()).set("name", experiment.name());
  return text.text();
}

}  // namespace millrace::tracking::files
