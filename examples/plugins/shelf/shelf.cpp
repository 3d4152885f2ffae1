// An artifact repository that keeps files in memory: the smallest plugin that is one.

#include <map>
#include <mutex>
#include <set>

#include "millrace/plugin.h"

namespace {

using namespace millrace;
using Content = std::shared_ptr<const std::string>;

/// What all streams of one shelf share.
struct Files {
  std::mutex mutex;
  std::map<std::string, Content> by_path;
};

class Reading : public ByteSource {
 public:
  Reading(Content content, size_t first, size_t length)
      : content_(std::move(content)), left_(std::string_view(*content_).substr(first, length)) {}
  size_t read(std::span<char> buffer) override {
    const size_t count = left_.copy(buffer.data(), buffer.size());
    left_.remove_prefix(count);
    return count;
  }
  std::optional<uint64_t> remaining() const override { return left_.size(); }

 private:
  Content content_;
  std::string_view left_;
};

/// The file appears when all was written: a sink that is never committed leaves nothing.
class Writing : public ByteSink {
 public:
  Writing(std::shared_ptr<Files> files, std::string path)
      : files_(std::move(files)), path_(std::move(path)) {}
  void write(std::string_view chunk) override { content_.append(chunk); }
  void commit() override {
    const std::lock_guard lock(files_->mutex);
    files_->by_path[path_] = std::make_shared<const std::string>(std::move(content_));
  }

 private:
  std::shared_ptr<Files> files_;
  std::string path_;
  std::string content_;
};

class Shelf : public ArtifactRepository {
 public:
  v1::plugin::ArtifactListing list(const CallContext&, const v1::plugin::ArtifactPath& request) override {
    const std::string prefix = request.path().empty() ? "" : request.path() + "/";
    const std::lock_guard lock(files_->mutex);
    std::map<std::string, v1::FileInfo> children;
    for (const auto& [path, content] : files_->by_path) {
      if (!path.starts_with(prefix)) continue;
      const size_t slash = path.find('/', prefix.size());
      v1::FileInfo& child = children[path.substr(0, slash)];
      child.set_is_dir(slash != std::string::npos);
      if (!child.is_dir()) child.set_file_size(static_cast<int64_t>(content->size()));
    }
    v1::plugin::ArtifactListing listing;
    for (auto& [path, child] : children) {
      child.set_path(path);
      *listing.add_files() = std::move(child);
    }
    return listing;
  }

  std::unique_ptr<ByteSource> read(const CallContext&, const v1::plugin::ArtifactRead& request) override {
    const std::lock_guard lock(files_->mutex);
    const auto found = files_->by_path.find(request.path());
    if (found == files_->by_path.end()) throw_not_found("There is no artifact '" + request.path() + "'.");
    const size_t size = found->second->size();
    const size_t first = std::min(static_cast<size_t>(request.offset()), size);
    const size_t length = request.length() == 0 ? size : static_cast<size_t>(request.length());
    return std::make_unique<Reading>(found->second, first, length);
  }

  std::unique_ptr<ByteSink> write(const CallContext&, const v1::plugin::ArtifactWrite& request) override {
    return std::make_unique<Writing>(files_, request.path());
  }

  v1::plugin::ArtifactRemoved remove(const CallContext&, const v1::plugin::ArtifactPath& request) override {
    const std::lock_guard lock(files_->mutex);
    std::erase_if(files_->by_path, [&](const auto& file) {
      return request.path().empty() || file.first == request.path() ||
             file.first.starts_with(request.path() + "/");
    });
    return {};
  }

 private:
  std::shared_ptr<Files> files_ = std::make_shared<Files>();
};

}  // namespace

MILLRACE_PLUGIN(plugin) {
  plugin.provide<ArtifactRepository>("shelf", [](const PluginOptions&) { return std::make_shared<Shelf>(); },
                                     {"ranges"});
}
