#pragma once

#include <string>

#include "millrace/v1/logged_models.pb.h"
#include "tracking/stores/file/folder.h"

namespace millrace::tracking::files {

/// What meta.yaml says of a logged model; `stage` is "active" or "deleted".
struct ModelMeta {
  v1::LoggedModelInfo info;
  std::string stage = "active";
};

/// Reads meta.yaml of the model in `folder`, whose name is its id; tags are not read. Throws Error that names
/// the file and what is wrong.
ModelMeta read_model_meta(const Folder& folder, const std::string& model_id,
                          const std::string& experiment_id);
std::string model_meta_text(const ModelMeta& meta);

}  // namespace millrace::tracking::files
