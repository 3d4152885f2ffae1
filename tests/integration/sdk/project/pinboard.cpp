// A repository as an outside author writes it. The file "greeting" is always there and holds a setting.

#include <map>
#include <mutex>

#include "millrace/plugin.h"

namespace {

using namespace millrace;

class Pins {
 public:
  void put(const std::string& path, std::string content) {
    const std::lock_guard lock(mutex_);
    by_path_[path] = std::move(content);
  }
  std::string get(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_path_.find(path);
    if (found == by_path_.end()) throw_not_found("Nothing is pinned at '" + path + "'.");
    return found->second;
  }
  void list(v1::plugin::ArtifactListing& listing) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [path, content] : by_path_) {
      v1::FileInfo& file = *listing.add_files();
      file.set_path(path);
      file.set_file_size(static_cast<int64_t>(content.size()));
    }
  }
  void drop(const std::string& path) {
    const std::lock_guard lock(mutex_);
    by_path_.erase(path);
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> by_path_;
};

class Reading : public ByteSource {
 public:
  explicit Reading(std::string content) : content_(std::move(content)) {}
  size_t read(std::span<char> buffer) override {
    const size_t count = content_.copy(buffer.data(), buffer.size(), taken_);
    taken_ += count;
    return count;
  }
  std::optional<uint64_t> remaining() const override { return content_.size() - taken_; }

 private:
  std::string content_;
  size_t taken_ = 0;
};

class Writing : public ByteSink {
 public:
  Writing(std::shared_ptr<Pins> pins, std::string path) : pins_(std::move(pins)), path_(std::move(path)) {}
  void write(std::string_view chunk) override { content_.append(chunk); }
  void commit() override { pins_->put(path_, std::move(content_)); }

 private:
  std::shared_ptr<Pins> pins_;
  std::string path_;
  std::string content_;
};

class Pinboard : public ArtifactRepository {
 public:
  explicit Pinboard(const PluginOptions& options) {
    pins_->put("greeting", options.text("greeting"));
    options.log().info("a pinboard at " + options.uri());
  }
  v1::plugin::ArtifactListing list(const CallContext&, const v1::plugin::ArtifactPath& request) override {
    v1::plugin::ArtifactListing listing;
    if (request.path().empty()) pins_->list(listing);
    return listing;
  }
  std::unique_ptr<ByteSource> read(const CallContext&, const v1::plugin::ArtifactRead& request) override {
    return std::make_unique<Reading>(pins_->get(request.path()));
  }
  std::unique_ptr<ByteSink> write(const CallContext&, const v1::plugin::ArtifactWrite& request) override {
    return std::make_unique<Writing>(pins_, request.path());
  }
  v1::plugin::ArtifactRemoved remove(const CallContext&, const v1::plugin::ArtifactPath& request) override {
    pins_->drop(request.path());
    return {};
  }

 private:
  std::shared_ptr<Pins> pins_ = std::make_shared<Pins>();
};

}  // namespace

MILLRACE_PLUGIN(plugin) {
  plugin.provide<ArtifactRepository>(
      "pinboard", [](const PluginOptions& options) { return std::make_shared<Pinboard>(options); });
}
