#include "artifact_repository.h"

#include <cstdlib>
#include <filesystem>

#include "check.h"

using namespace millrace;
using sample_plugin::SamplePlugin;

namespace {

namespace fs = std::filesystem;

void put(SamplePlugin& repository, const std::string& path, const std::string& content) {
  v1::plugin::ArtifactWrite request;
  request.set_path(path);
  const auto sink = repository.write({}, request);
  sink->write(content);
  sink->commit();
}

std::string get(SamplePlugin& repository, const std::string& path, int64_t offset = 0, int64_t length = 0) {
  v1::plugin::ArtifactRead request;
  request.set_path(path);
  request.set_offset(offset);
  request.set_length(length);
  const auto source = repository.read({}, request);
  std::string content(100, '\0');
  content.resize(source->read(content));
  return content;
}

std::string list(SamplePlugin& repository, const std::string& path) {
  v1::plugin::ArtifactPath request;
  request.set_path(path);
  std::string names;
  const auto listing = repository.list({}, request);
  for (const auto& file : listing.files()) names += file.path() + (file.is_dir() ? "/ " : " ");
  return names;
}

void files_come_back(SamplePlugin& repository) {
  put(repository, "root.txt", "old content");
  put(repository, "root.txt", "content");
  put(repository, "a/b/deep.txt", "deep");
  check(get(repository, "root.txt") == "content", "the newer content of a file");
  check(get(repository, "root.txt", 3, 2) == "te", "a part of a file");
  check(list(repository, "") == "a/ root.txt ", "the listing of the root");
  check(list(repository, "a/b") == "a/b/deep.txt ", "the listing of a folder");
}

void an_upload_that_is_given_up_leaves_nothing(SamplePlugin& repository) {
  v1::plugin::ArtifactWrite request;
  request.set_path("half.txt");
  repository.write({}, request)->write("half");
  check(list(repository, "").find("half.txt") == std::string::npos, "half a file is not listed");
}

void a_folder_is_removed_with_all_below(SamplePlugin& repository) {
  v1::plugin::ArtifactPath request;
  request.set_path("a");
  repository.remove({}, request);
  repository.remove({}, request);
  check(list(repository, "") == "root.txt ", "what is left");
  check_error(ErrorCode::kResourceDoesNotExist, "a file that was removed",
              [&] { get(repository, "a/b/deep.txt"); });
}

}  // namespace

int main() {
  std::string folder = (fs::temp_directory_path() / "sample_plugin-XXXXXX").string();
  check(mkdtemp(folder.data()) != nullptr, "a folder for the test");
  SamplePlugin repository(options({}, "sample-name:" + folder));
  files_come_back(repository);
  an_upload_that_is_given_up_leaves_nothing(repository);
  a_folder_is_removed_with_all_below(repository);
  check_error(ErrorCode::kInvalidParameterValue, "a URI without a folder",
              [] { SamplePlugin(options({}, "sample-name:relative")); });
  fs::remove_all(folder);
}
