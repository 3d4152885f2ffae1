#include "registry/stores/file/model_folder.h"

#include <charconv>

#include "base/error.h"
#include "tracking/stores/file/layout.h"
#include "tracking/stores/file/yaml_fields.h"
#include "tracking/stores/file/yaml_text.h"

namespace millrace::registry::files {
namespace {

using tracking::files::key_files;
using tracking::files::kLargestMeta;
using tracking::files::kMeta;
using tracking::files::kTags;
using tracking::files::YamlFields;
using tracking::files::YamlText;

constexpr std::string_view kVersionPrefix = "version-";

KeyValues values_in(const Folder& folder, const char* name, const Complain& complain) {
  const auto inner = folder.find(name);
  return inner ? read_values(*inner, key_files(*inner, complain), complain) : KeyValues();
}

std::optional<int64_t> number_of(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || number < 1) return std::nullopt;
  return number;
}

VersionFiles read_version(const Folder& folder, int64_t number, const Complain& complain) {
  const std::string path = folder.path_of(kMeta);
  const YamlFields fields(folder.read(kMeta, kLargestMeta), path);
  VersionFiles version;
  version.number = fields.required_integer("version");
  if (version.number != number)
    throw_invalid_parameter(path + " is that of version " + std::to_string(version.number) + ".");
  version.creation_time = fields.integer("creation_timestamp").value_or(0);
  version.update_time = fields.integer("last_updated_timestamp").value_or(version.creation_time);
  version.description = fields.text("description");
  version.user_id = fields.text("user_id");
  version.stage = fields.text("current_stage").value_or("None");
  version.source = fields.text("source").value_or("");
  version.storage_location = fields.text("storage_location");
  version.run_id = fields.text("run_id");
  version.run_link = fields.text("run_link");
  version.model_id = fields.text("model_id");
  version.status = fields.text("status").value_or("READY");
  version.status_message = fields.text("status_message");
  version.tags = values_in(folder, kTags, complain);
  return version;
}

void read_versions(const Folder& folder, const Complain& complain, ModelFiles& model) {
  for (const Folder::Entry& entry : folder.entries()) {
    if (!entry.may_be_folder || !entry.name.starts_with(kVersionPrefix)) continue;
    const auto number = number_of(std::string_view(entry.name).substr(kVersionPrefix.size()));
    if (!number || entry.name != version_folder(*number)) continue;
    try {
      if (const auto inner = folder.find(entry.name))
        model.versions.push_back(read_version(*inner, *number, complain));
    } catch (const Error& error) {
      complain(std::string("Left out: ") + error.what());
    }
  }
}

void read_aliases(const Folder& folder, const Complain& complain, ModelFiles& model) {
  for (const auto& [alias, text] : values_in(folder, kAliases, complain)) {
    const auto number = number_of(text);
    if (number)
      model.aliases[alias] = *number;
    else
      complain(folder.path_of(kAliases) + "/" + alias + " is left out: it has no number of a version.");
  }
}

}  // namespace

std::string version_folder(int64_t number) {
  return std::string(kVersionPrefix) + std::to_string(number);
}

ModelFiles read_model_files(const Folder& folder, const std::string& name, const Complain& complain) {
  const std::string path = folder.path_of(kMeta);
  const YamlFields fields(folder.read(kMeta, kLargestMeta), path);
  ModelFiles model;
  model.name = fields.required_text("name");
  if (model.name != name) throw_invalid_parameter(path + " is that of the model '" + model.name + "'.");
  model.creation_time = fields.integer("creation_timestamp").value_or(0);
  model.update_time = fields.integer("last_updated_timestamp").value_or(model.creation_time);
  model.description = fields.text("description");
  model.tags = values_in(folder, kTags, complain);
  read_versions(folder, complain, model);
  read_aliases(folder, complain, model);
  return model;
}

std::string model_meta_text(const ModelFiles& model) {
  YamlText text;
  text.set("creation_timestamp", model.creation_time).set("description", model.description);
  text.set("last_updated_timestamp", model.update_time).set("name", model.name);
  return text.text();
}

std::string version_meta_text(const std::string& name, const VersionFiles& version) {
  YamlText text;
  text.set("creation_timestamp", version.creation_time).set("current_stage", version.stage);
  text.set("description", version.description).set("last_updated_timestamp", version.update_time);
  text.set("model_id", version.model_id).set("name", name).set("run_id", version.run_id);
  text.set("run_link", version.run_link).set("source", version.source).set("status", version.status);
  text.set("status_message", version.status_message).set("storage_location", version.storage_location);
  text.set("user_id", version.user_id).set("version", version.number);
  return text.text();
}

}  // namespace millrace::registry::files
