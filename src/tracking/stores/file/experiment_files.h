#pragma once

#include <string>

#include "millrace/v1/experiments.pb.h"
#include "tracking/stores/file/folder.h"

namespace millrace::tracking::files {

/// Reads meta.yaml of the experiment in `folder`, whose name is its id; tags are not read. An experiment in
/// the trash is deleted, whatever its file says. Throws Error that names the file and what is wrong with it.
v1::Experiment read_experiment_meta(const Folder& folder, const std::string& id, bool in_trash);

/// The text of its meta.yaml.
std::string experiment_meta_text(const v1::Experiment& experiment);

}  // namespace millrace::tracking::files
