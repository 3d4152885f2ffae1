#include "dataset_source.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "check.h"

using namespace millrace;
using sample_plugin::SamplePlugin;

namespace {

namespace fs = std::filesystem;

v1::plugin::ResolvedDatasetSource resolve(SamplePlugin& plugin, const std::string& source) {
  v1::plugin::RawDatasetSource raw;
  raw.set_source(source);
  return plugin.resolve({}, raw);
}

std::string load(SamplePlugin& plugin, const std::string& source) {
  const auto resolved = resolve(plugin, source);
  v1::plugin::DatasetSourceRef reference;
  reference.set_source_type(resolved.source_type());
  reference.set_source_json(resolved.source_json());
  const auto bytes = plugin.load({}, reference);
  std::string content(100, '\0');
  content.resize(bytes->read(content));
  return content;
}

void a_file_comes_back(SamplePlugin& plugin, const std::string& folder) {
  std::ofstream(folder + "/data \"1\".csv") << "a,b\n1,2\n";
  check(load(plugin, "sample-name:" + folder + "/data \"1\".csv") == "a,b\n1,2\n", "the content of the file");
}

void what_is_gone_does_not_exist(SamplePlugin& plugin, const std::string& folder) {
  check_error(ErrorCode::kResourceDoesNotExist, "a missing file",
              [&] { load(plugin, "sample-name:" + folder + "/none.csv"); });
}

void files_outside_the_root_are_refused(SamplePlugin& plugin, const std::string& folder) {
  check_error(ErrorCode::kInvalidParameterValue, "a file outside of the root",
              [&] { load(plugin, "sample-name:" + folder + "/../../etc/passwd"); });
}

void other_sources_are_left_to_others(SamplePlugin& plugin) {
  check(!resolve(plugin, "s3://bucket/data.csv").resolved(), "another scheme");
  check(!resolve(plugin, "sample-name:relative").resolved(), "a relative path");
}

}  // namespace

int main() {
  std::string folder = (fs::temp_directory_path() / "sample_plugin-XXXXXX").string();
  check(mkdtemp(folder.data()) != nullptr, "a folder for the test");
  SamplePlugin plugin(options({{"root", folder}}));
  a_file_comes_back(plugin, folder);
  what_is_gone_does_not_exist(plugin, folder);
  files_outside_the_root_are_refused(plugin, folder);
  other_sources_are_left_to_others(plugin);
  fs::remove_all(folder);
}
