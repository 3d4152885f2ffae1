#include "tracking/stores/file/model_files.h"

#include "base/error.h"
#include "tracking/stores/file/layout.h"
#include "tracking/stores/file/yaml_fields.h"
#include "tracking/stores/file/yaml_text.h"

namespace millrace::tracking::files {
namespace {

v1::LoggedModelStatus status_of(const YamlFields& fields, const std::string& path) {
  const auto number = fields.integer("status").value_or(1);
  if (!v1::LoggedModelStatus_IsValid(static_cast<int>(number)))
    throw_invalid_parameter(path + ": there is no status " + std::to_string(number) + ".");
  return static_cast<v1::LoggedModelStatus>(number);
}

}  // namespace

ModelMeta read_model_meta(const Folder& folder, const std::string& model_id,
                          const std::string& experiment_id) {
  const std::string path = folder.path_of(kMeta);
  const YamlFields fields(folder.read(kMeta, kLargestMeta), path);
  ModelMeta meta;
  v1::LoggedModelInfo& info = meta.info;
  info.set_model_id(fields.required_text("model_id"));
  info.set_experiment_id(fields.required_text("experiment_id"));
  if (info.model_id() != model_id || info.experiment_id() != experiment_id)
    throw_invalid_parameter(path + " is that of model '" + info.model_id() + "' of experiment '" +
                            info.experiment_id() + "'.");
  info.set_name(fields.text("name").value_or(""));
  info.set_artifact_uri(fields.text("artifact_location").value_or(""));
  info.set_creation_timestamp_ms(fields.integer("creation_timestamp").value_or(0));
  info.set_last_updated_timestamp_ms(fields.integer("last_updated_timestamp").value_or(0));
  info.set_status(status_of(fields, path));
  if (auto text = fields.text("model_type")) info.set_model_type(*std::move(text));
  if (auto text = fields.text("source_run_id")) info.set_source_run_id(*std::move(text));
  if (auto text = fields.text("status_message")) info.set_status_message(*std::move(text));
  if (fields.text("lifecycle_stage").value_or("active") == "deleted") meta.stage = "deleted";
  return meta;
}

std::string model_meta_text(const ModelMeta& meta) {
  const v1::LoggedModelInfo& info = meta.info;
  const auto known = [](bool has, const std::string& text) {
    return has ? std::optional(text) : std::nullopt;
  };
  YamlText text;
  text.set("artifact_location", info.artifact_uri()).set("creation_timestamp", info.creation_timestamp_ms());
  text.set("experiment_id", info.experiment_id());
  text.set("last_updated_timestamp", info.last_updated_timestamp_ms()).set("lifecycle_stage", meta.stage);
  text.set("model_id", info.model_id()).set("model_type", known(info.has_model_type(), info.model_type()));
  text.set("name", info.name()).set("source_run_id", known(info.has_source_run_id(), info.source_run_id()));
  text.set("status", static_cast<int64_t>(info.status()));
  text.set("status_message", known(info.has_status_message(), info.status_message()));
  return text.text();
}

}  // namespace millrace::tracking::files
