#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tracking/stores/file/folder.h"
#include "tracking/stores/file/run_files.h"

namespace millrace::registry::files {

using tracking::files::Complain;
using tracking::files::Folder;
using tracking::files::KeyValues;

/// What meta.yaml says of a version, and its tags.
struct VersionFiles {
  int64_t number = 0;
  int64_t creation_time = 0;
  int64_t update_time = 0;
  std::optional<std::string> description;
  std::optional<std::string> user_id;
  std::string stage = "None";
  std::string source;
  std::optional<std::string> storage_location;
  std::optional<std::string> run_id;
  std::optional<std::string> run_link;
  std::optional<std::string> model_id;
  std::string status = "READY";
  std::optional<std::string> status_message;
  KeyValues tags;
};

/// A registered model as its folder has it: meta.yaml, tags/<key>, aliases/<alias> and version-<number>/ with
/// meta.yaml and tags/<key> (mlflow/store/model_registry/file_store.py).
struct ModelFiles {
  std::string name;
  int64_t creation_time = 0;
  int64_t update_time = 0;
  std::optional<std::string> description;
  KeyValues tags;
  std::map<std::string, int64_t> aliases;
  std::vector<VersionFiles> versions;  ///< deleted ones are among them
};

inline constexpr const char* kAliases = "aliases";

std::string version_folder(int64_t number);

/// Reads a model's folder, whose name is the model's. Throws Error that names the file when the model itself
/// cannot be read; versions, tags and aliases that cannot are left out and complained of.
ModelFiles read_model_files(const Folder& folder, const std::string& name, const Complain& complain);

std::string model_meta_text(const ModelFiles& model);
std::string version_meta_text(const std::string& name, const VersionFiles& version);

}  // namespace millrace::registry::files
