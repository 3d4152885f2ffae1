#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "millrace/v1/runs.pb.h"
#include "tracking/stores/file/folder.h"

namespace millrace::tracking::files {

/// What meta.yaml says of a run.
struct RunMeta {
  v1::RunInfo info;
  std::optional<int64_t> deleted_time;
};

/// Reads meta.yaml of the run in `folder`, whose name is its id. Throws Error that names the file and what is
/// wrong.
RunMeta read_run_meta(const Folder& folder, const std::string& run_id, const std::string& experiment_id);
std::string run_meta_text(const RunMeta& meta);

/// Values of keys: params or tags. What cannot be read is left out and complained of.
using KeyValues = std::vector<std::pair<std::string, std::string>>;
KeyValues read_values(const Folder& folder, const std::vector<KeyFile>& files, const Complain& complain);

/// A data set that a run has read, with the id that its folder is called by.
struct DatasetLink {
  std::string dataset_id;
  v1::DatasetInput input;
};

/// What a run has read and made.
struct RunLinks {
  std::vector<DatasetLink> datasets;
  std::vector<std::string> model_inputs;
  std::vector<v1::ModelOutput> model_outputs;
};

/// Reads inputs/ and outputs/ of a run and the data sets of its experiment that they name. What cannot be
/// read is left out and complained of.
RunLinks read_links(const Folder& experiment, const Folder& run, const Complain& complain);

/// One stamp for the files that read_links() reads in the run's folder.
int64_t stamp_of_links(const Folder& run);

/// Names of folders and texts of meta.yaml for new links.
std::string dataset_folder(const v1::Dataset& dataset);
/// The id of a data set in databases, where those of all experiments stand together.
std::string dataset_row_id(const std::string& experiment_id, const std::string& dataset_id);
std::string dataset_meta_text(const v1::Dataset& dataset);
std::string dataset_input_folder(const std::string& dataset_id, const std::string& run_id);
std::string dataset_input_text(const std::string& dataset_id, const v1::DatasetInput& input);
std::string model_input_folder(const std::string& model_id, const std::string& run_id);
std::string model_input_text(const std::string& model_id);
std::string model_output_text(const v1::ModelOutput& output);

}  // namespace millrace::tracking::files
