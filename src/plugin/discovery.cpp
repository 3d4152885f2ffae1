#include "plugin/discovery.h"

#include "base/error.h"
#include "plugin/file_text.h"
#include "plugin/manifest_names.h"
#include "plugin/toml_document.h"

namespace millrace::plugin {
namespace {

namespace fs = std::filesystem;

std::string id_in(std::string_view text, const fs::path& file) {
  try {
    const TomlValue document = parse_toml(text, file.string());
    const TomlValue* table = document.find("plugin");
    const TomlValue* id = table == nullptr ? nullptr : table->find("id");
    if (id != nullptr && is_plugin_id(id->text)) return id->text;
  } catch (const Error&) {
    // The fault of the text is told already; here it only means that the id is not known.
  }
  return file.parent_path().filename().string();
}

FoundManifest broken(std::string_view text, const fs::path& file, const Error& fault) {
  FoundManifest found;
  found.summary.folder = file.parent_path();
  found.summary.id = id_in(text, file);
  found.fault = fault.what();
  return found;
}

FoundManifest read(const ManifestFile& file, ManifestIndex& index) {
  std::string text;
  try {
    text = read_text_file(file.path, kManifestLimit);
    const Manifest manifest = parse_manifest(text, file.path);
    const ManifestSummary& summary = manifest;
    FoundManifest found{summary, ""};
    index.add(file.path, file.stamp, found.summary);
    return found;
  } catch (const Error& fault) {
    return broken(text, file.path, fault);
  }
}

}  // namespace

std::vector<FoundManifest> discover(const std::vector<fs::path>& search_path, ManifestIndex& index) {
  std::vector<FoundManifest> found;
  for (const ManifestFile& file : find_manifests(search_path)) {
    const ManifestSummary* known = index.find(file.path, file.stamp);
    found.push_back(known != nullptr ? FoundManifest{*known, ""} : read(file, index));
  }
  index.save();
  return found;
}

}  // namespace millrace::plugin
