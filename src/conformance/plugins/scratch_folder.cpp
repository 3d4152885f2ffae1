#include "conformance/plugins/scratch_folder.h"

#include <fstream>
#include <iterator>

#include "base/ids.h"

namespace millrace::conformance {

ScratchFolder::ScratchFolder()
    : path_(std::filesystem::temp_directory_path() / ("millrace-kit-" + random_token(12))) {
  std::filesystem::create_directory(path_);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ScratchFolder::add_file(const std::string& name, const std::string& content) const {
  const std::filesystem::path file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
  return file.string();
}

std::string ScratchFolder::add_folder(const std::string& name) const {
  std::filesystem::create_directories(path_ / name);
  return (path_ / name).string();
}

std::string content_of_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace millrace::conformance
