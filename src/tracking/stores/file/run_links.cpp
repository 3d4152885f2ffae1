#include <openssl/evp.h>

#include <array>

#include "base/error.h"
#include "tracking/stores/file/layout.h"
#include "tracking/stores/file/run_files.h"
#include "tracking/stores/file/yaml_fields.h"
#include "tracking/stores/file/yaml_text.h"

namespace millrace::tracking::files {
namespace {

// The reference names folders of links by MD5, of which nothing but that no two are the same is asked.
std::string md5(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr) != 1)
    throw Error(ErrorCode::kInternalError, "MD5 is not to be had on this machine.");
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += kDigits[digest.at(i) >> 4];
    hex += kDigits[digest.at(i) & 15];
  }
  return hex;
}

v1::Dataset read_dataset(const Folder& experiment, const std::string& id) {
  const Folder folder = experiment.open(kDatasets).open(id);
  const YamlFields fields(folder.read(kMeta, kLargestDatasetMeta), folder.path_of(kMeta));
  v1::Dataset dataset;
  dataset.set_name(fields.required_text("name"));
  dataset.set_digest(fields.required_text("digest"));
  dataset.set_source_type(fields.text("source_type").value_or(""));
  dataset.set_source(fields.text("source").value_or(""));
  if (auto schema = fields.text("schema")) dataset.set_schema(*std::move(schema));
  if (auto profile = fields.text("profile")) dataset.set_profile(*std::move(profile));
  return dataset;
}

// Ids are names of folders, not paths.
std::string id_in(const YamlFields& fields, const std::string& path) {
  std::string id = fields.required_text("source_id");
  if (id.find('/') != std::string::npos || id.starts_with('.'))
    throw_invalid_parameter(path + ": '" + id + "' is no id.");
  return id;
}

void read_input(const Folder& experiment, const Folder& folder, RunLinks& links) {
  const YamlFields fields(folder.read(kMeta, kLargestMeta), folder.path_of(kMeta));
  const std::string id = id_in(fields, folder.path_of(kMeta));
  if (fields.required_text("source_type") == "MODEL") {
    links.model_inputs.push_back(id);
    return;
  }
  DatasetLink link{id, {}};
  *link.input.mutable_dataset() = read_dataset(experiment, id);
  for (const auto& [key, value] : fields.mapping("tags")) {
    v1::InputTag& tag = *link.input.add_tags();
    tag.set_key(key);
    tag.set_value(value);
  }
  links.datasets.push_back(std::move(link));
}

void read_output(const Folder& folder, RunLinks& links) {
  const YamlFields fields(folder.read(kMeta, kLargestMeta), folder.path_of(kMeta));
  v1::ModelOutput output;
  output.set_model_id(id_in(fields, folder.path_of(kMeta)));
  output.set_step(fields.integer("step").value_or(0));
  links.model_outputs.push_back(std::move(output));
}

template <typename Read>
void for_each_link(const Folder& run, const char* name, const Complain& complain, Read read) {
  const auto links = run.find(name);
  if (!links) return;
  for (const Folder::Entry& entry : links->entries()) {
    try {
      if (const auto folder = links->find(entry.name)) read(*folder);
    } catch (const Error& error) {
      complain(links->path_of(entry.name) + " is left out: " + error.what());
    }
  }
}

std::string link_text(const char* source_type, const std::string& id, const char* destination_type,
                      const std::map<std::string, std::string>& tags) {
  YamlText text;
  // The reference writes the same id to both ends.
  text.set("destination_id", id).set("destination_type", destination_type).set("source_id", id);
  text.set("source_type", source_type).set("tags", tags);
  return text.text();
}

}  // namespace

RunLinks read_links(const Folder& experiment, const Folder& run, const Complain& complain) {
  RunLinks links;
  for_each_link(run, kInputs, complain, [&](const Folder& folder) { read_input(experiment, folder, links); });
  for_each_link(run, kOutputs, complain, [&](const Folder& folder) { read_output(folder, links); });
  return links;
}

int64_t stamp_of_links(const Folder& run) {
  int64_t stamp = 1;
  for (const char* name : {kInputs, kOutputs}) {
    const auto state = run.state(name);
    if (!state || !state->is_folder()) continue;
    const Folder folder = run.open(name);
    for (const Folder::Entry& entry : folder.entries()) {
      const auto meta = folder.state(entry.name + "/" + kMeta);
      const int64_t own = meta ? meta->stamp() : 1;
      if (own == 0) return 0;
      stamp = mix(mix(stamp, entry.name), own);
    }
  }
  return stamp == 0 ? 1 : stamp;
}

std::string dataset_folder(const v1::Dataset& dataset) {
  return md5(dataset.name() + dataset.digest());
}

std::string dataset_row_id(const std::string& experiment_id, const std::string& dataset_id) {
  return md5(experiment_id + "/" + dataset_id);
}

std::string dataset_meta_text(const v1::Dataset& dataset) {
  YamlText text;
  text.set("digest", dataset.digest()).set("name", dataset.name());
  text.set("profile", dataset.has_profile() ? std::optional(dataset.profile()) : std::nullopt);
  text.set("schema", dataset.has_schema() ? std::optional(dataset.schema()) : std::nullopt);
  text.set("source", dataset.source()).set("source_type", dataset.source_type());
  return text.text();
}

std::string dataset_input_folder(const std::string& dataset_id, const std::string& run_id) {
  return md5(dataset_id + run_id);
}

std::string dataset_input_text(const std::string& dataset_id, const v1::DatasetInput& input) {
  std::map<std::string, std::string> tags;
  for (const v1::InputTag& tag : input.tags()) tags[tag.key()] = tag.value();
  return link_text("DATASET", dataset_id, "RUN", tags);
}

std::string model_input_folder(const std::string& model_id, const std::string& run_id) {
  return md5(model_id + run_id);
}

std::string model_input_text(const std::string& model_id) {
  return link_text("MODEL", model_id, "RUN", {});
}

std::string model_output_text(const v1::ModelOutput& output) {
  YamlText text;
  text.set("destination_id", output.model_id()).set("destination_type", "MODEL_OUTPUT");
  text.set("source_id", output.model_id()).set("source_type", "RUN_OUTPUT").set("step", output.step());
  text.set("tags", std::map<std::string, std::string>());
  return text.text();
}

}  // namespace millrace::tracking::files
