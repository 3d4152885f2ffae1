#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::tracking::files {

/// Names in MLflow's layout of a file store (mlflow/store/tracking/file_store.py):
///
///   <root>/<experiment id>/meta.yaml, tags/<key>
///   <root>/<experiment id>/<run id>/meta.yaml, metrics/<key>, params/<key>, tags/<key>, artifacts/,
///                                   inputs/<id>/meta.yaml, outputs/<model id>/meta.yaml
///   <root>/<experiment id>/datasets/<id>/meta.yaml
///   <root>/<experiment id>/models/<model id>/meta.yaml, metrics/<key>, params/<key>, tags/<key>, artifacts/
///   <root>/.trash/<experiment id>/...   experiments that were deleted
///   <root>/models/<name>/...            registered models
///
/// and of what Millrace keeps beside them.
inline constexpr const char* kMeta = "meta.yaml";
inline constexpr const char* kTrash = ".trash";
inline constexpr const char* kMetrics = "metrics";
inline constexpr const char* kParams = "params";
inline constexpr const char* kTags = "tags";
inline constexpr const char* kArtifacts = "artifacts";
inline constexpr const char* kInputs = "inputs";
inline constexpr const char* kOutputs = "outputs";
inline constexpr const char* kDatasets = "datasets";
inline constexpr const char* kModels = "models";
inline constexpr const char* kTraces = "traces";
/// MLflow takes every folder of the root for an experiment unless its name ends as that of the trash.
inline constexpr const char* kOwnFolder = ".millrace-index.trash";

/// Bytes. The reference keeps profiles of data sets of 16 MB in their meta.yaml; all else is small.
inline constexpr int64_t kLargestMeta = int64_t{1} << 20;
inline constexpr int64_t kLargestDatasetMeta = int64_t{40} << 20;
inline constexpr int64_t kLargestValue = int64_t{1} << 20;

/// The number of an experiment whose folder has that name; nothing for names of other folders. Ids are
/// numbers as they are written shortest, so that no two folders are one experiment.
std::optional<int64_t> experiment_number(std::string_view name);

/// Whether a folder of that name in an experiment's may be a run: the reference's own folders are not.
bool may_be_run(std::string_view name);

/// Throws INVALID_PARAMETER_VALUE when an id cannot be the name of a folder: empty, with '/' or a dot first.
void check_folder_name(const std::string& id);
bool is_folder_name(std::string_view id);

}  // namespace millrace::tracking::files
