#include "artifact_repository.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>

#include "files.h"

namespace sample_plugin {
namespace {

using namespace millrace;
namespace fs = std::filesystem;

constexpr const char* kUnfinished = ".unfinished";
// What lies in ".unfinished" that long was left by a crash.
constexpr std::chrono::hours kForgotten{24};

class Upload : public ByteSink {
 public:
  Upload(const fs::path& unfinished, fs::path path) : file_(unfinished), path_(std::move(path)) {}
  void write(std::string_view chunk) override { file_.write(chunk); }
  void commit() override {
    make_folder(path_.parent_path());
    file_.move_to(path_);
  }

 private:
  NewFile file_;
  fs::path path_;
};

void sweep(const fs::path& folder) {
  const auto limit = fs::file_time_type::clock::now() - kForgotten;
  std::error_code fault;
  for (const auto& entry : fs::directory_iterator(folder, fault)) {
    if (entry.last_write_time(fault) < limit) fs::remove_all(entry.path(), fault);
  }
}

std::vector<fs::path> children_of(const fs::path& folder) {
  std::vector<fs::path> children;
  std::error_code fault;
  fs::directory_iterator at(folder, fault);
  for (; !fault && at != fs::directory_iterator(); at.increment(fault)) children.push_back(at->path());
  if (fault && fault != std::errc::no_such_file_or_directory && fault != std::errc::not_a_directory)
    throw_file_error("The folder '" + folder.filename().string() + "' cannot be listed", fault.value());
  std::sort(children.begin(), children.end(),
            [](const auto& a, const auto& b) { return a.native() < b.native(); });
  return children;
}

// False when it is gone by now.
bool describe(const fs::path& path, v1::FileInfo& info) {
  std::error_code fault;
  const auto status = fs::status(path, fault);
  info.set_is_dir(fs::is_directory(status));
  if (fs::is_regular_file(status)) info.set_file_size(static_cast<int64_t>(fs::file_size(path, fault)));
  return !fault && (fs::is_directory(status) || fs::is_regular_file(status));
}

}  // namespace

SamplePlugin::SamplePlugin(const PluginOptions& options)
    : root_(folder_of(options.uri())), unfinished_(root_ / kUnfinished) {
  make_folder(unfinished_);
  sweep(unfinished_);
}

v1::plugin::ArtifactListing SamplePlugin::list(const CallContext&, const v1::plugin::ArtifactPath& request) {
  v1::plugin::ArtifactListing listing;
  for (const fs::path& child : children_of(locate(request.path()))) {
    v1::FileInfo info;
    if (child == unfinished_ || !describe(child, info)) continue;
    info.set_path((request.path().empty() ? "" : request.path() + "/") + child.filename().string());
    *listing.add_files() = std::move(info);
  }
  return listing;
}

std::unique_ptr<ByteSource> SamplePlugin::read(const CallContext&, const v1::plugin::ArtifactRead& request) {
  const auto offset = static_cast<uint64_t>(request.offset());
  return read_file(locate(request.path()), offset, static_cast<uint64_t>(request.length()));
}

std::unique_ptr<ByteSink> SamplePlugin::write(const CallContext&, const v1::plugin::ArtifactWrite& request) {
  return std::make_unique<Upload>(unfinished_, locate(request.path()));
}

v1::plugin::ArtifactRemoved SamplePlugin::remove(const CallContext&,
                                                 const v1::plugin::ArtifactPath& request) {
  const fs::path path = locate(request.path());
  if (!request.path().empty()) {
    remove_entry(path);
    return {};
  }
  for (const fs::path& child : children_of(root_)) {
    if (child != unfinished_) remove_entry(child);
  }
  return {};
}

v1::plugin::CheckReport SamplePlugin::check() {
  return check_folder(unfinished_);
}

// The host has checked that a path stays below the root.
fs::path SamplePlugin::locate(const std::string& path) const {
  if (path == kUnfinished || path.starts_with(std::string(kUnfinished) + "/"))
    throw_invalid_parameter("'.unfinished' is not a name for artifacts.");
  return path.empty() ? root_ : root_ / path;
}

// A folder goes away in one step, and is taken apart after that.
void SamplePlugin::remove_entry(const fs::path& path) {
  std::string doomed = (unfinished_ / "XXXXXX").string();
  if (::mkdtemp(doomed.data()) == nullptr) throw_file_error("Nothing can be removed", errno);
  std::error_code ignored;
  const int code = ::rename(path.c_str(), (fs::path(doomed) / "removed").c_str()) == 0 ? 0 : errno;
  fs::remove_all(doomed, ignored);
  if (code == ENOENT || code == ENOTDIR) return;
  if (code != 0) throw_file_error("'" + path.filename().string() + "' cannot be removed", code);
  sync_folder(path.parent_path());
}

}  // namespace sample_plugin
