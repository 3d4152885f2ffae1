#include "tracking/stores/file/run_files.h"

#include "base/error.h"
#include "tracking/stores/file/layout.h"
#include "tracking/stores/file/yaml_fields.h"
#include "tracking/stores/file/yaml_text.h"

namespace millrace::tracking::files {
namespace {

// The reference keeps the number of the status; its first versions kept the name.
v1::RunStatus status_of(const YamlFields& fields, const std::string& path) {
  const std::string text = fields.text("status").value_or("1");
  v1::RunStatus status = v1::RUNNING;
  if (v1::RunStatus_Parse(text, &status)) return status;
  const auto number = fields.integer("status").value_or(1);
  if (!v1::RunStatus_IsValid(static_cast<int>(number)))
    throw_invalid_parameter(path + ": there is no status " + text + ".");
  return static_cast<v1::RunStatus>(number);
}

void check_ids(const v1::RunInfo& info, const std::string& run_id, const std::string& experiment_id,
               const std::string& path) {
  if (info.run_id() != run_id) throw_invalid_parameter(path + " is that of run '" + info.run_id() + "'.");
  if (info.experiment_id() != experiment_id)
    throw_invalid_parameter(path + " is that of a run of experiment '" + info.experiment_id() + "'.");
}

}  // namespace

RunMeta read_run_meta(const Folder& folder, const std::string& run_id, const std::string& experiment_id) {
  const std::string path = folder.path_of(kMeta);
  const YamlFields fields(folder.read(kMeta, kLargestMeta), path);
  RunMeta meta;
  v1::RunInfo& info = meta.info;
  info.set_run_id(fields.has("run_id") ? fields.required_text("run_id") : fields.required_text("run_uuid"));
  info.set_run_uuid(info.run_id());
  info.set_experiment_id(fields.required_text("experiment_id"));
  check_ids(info, run_id, experiment_id, path);
  info.set_run_name(fields.text("run_name").value_or(fields.text("name").value_or("")));
  info.set_user_id(fields.text("user_id").value_or(""));
  info.set_status(status_of(fields, path));
  if (const auto time = fields.integer("start_time")) info.set_start_time(*time);
  if (const auto time = fields.integer("end_time")) info.set_end_time(*time);
  info.set_artifact_uri(fields.text("artifact_uri").value_or(""));
  info.set_lifecycle_stage(fields.text("lifecycle_stage").value_or("active") == "deleted" ? "deleted"
                                                                                          : "active");
  meta.deleted_time = fields.integer("deleted_time");
  return meta;
}

std::string run_meta_text(const RunMeta& meta) {
  const v1::RunInfo& info = meta.info;
  YamlText text;
  text.set("artifact_uri", info.artifact_uri()).set("deleted_time", meta.deleted_time);
  text.set("end_time", info.has_end_time() ? std::optional<int64_t>(info.end_time()) : std::nullopt);
  text.set("entry_point_name", "").set("experiment_id", info.experiment_id());
  text.set("lifecycle_stage", info.lifecycle_stage());
  text.set("run_id", info.run_id()).set("run_name", info.run_name()).set("run_uuid", info.run_id());
  text.set("source_name", "").set("source_type", int64_t{4}).set("source_version", "");
  text.set("start_time", info.has_start_time() ? std::optional<int64_t>(info.start_time()) : std::nullopt);
  text.set("status", static_cast<int64_t>(info.status()))
      .set_empty_list("tags")
      .set("user_id", info.user_id());
  return text.text();
}

KeyValues read_values(const Folder& folder, const std::vector<KeyFile>& files, const Complain& complain) {
  KeyValues values;
  values.reserve(files.size());
  for (const KeyFile& file : files) {
    try {
      values.emplace_back(file.key, read_key(folder, file.key, kLargestValue));
    } catch (const Error& error) {
      // One that went away meanwhile is no fault.
      if (error.code() != ErrorCode::kResourceDoesNotExist)
        complain(std::string("Left out: ") + error.what());
    }
  }
  return values;
}

}  // namespace millrace::tracking::files
