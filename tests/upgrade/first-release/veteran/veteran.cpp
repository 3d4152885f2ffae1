// A plugin of the time of the first SDK release: calls, both kinds of streams, a capability, settings, log,
// faults.

#include <map>
#include <mutex>

#include "millrace/plugin.h"

namespace {

using namespace millrace;

struct Files {
  std::mutex mutex;
  std::map<std::string, std::string> by_path;
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
  Writing(std::shared_ptr<Files> files, std::string path, size_t limit)
      : files_(std::move(files)), path_(std::move(path)), limit_(limit) {}
  void write(std::string_view chunk) override {
    if (content_.size() + chunk.size() > limit_)
      throw Error(ErrorCode::kResourceExhausted,
                  "The veteran carries no more than " + std::to_string(limit_) + ".");
    content_.append(chunk);
  }
  void commit() override {
    const std::lock_guard lock(files_->mutex);
    files_->by_path[path_] = std::move(content_);
  }

 private:
  std::shared_ptr<Files> files_;
  std::string path_;
  size_t limit_;
  std::string content_;
};

class Veteran : public ArtifactRepository, public SelfCheck {
 public:
  explicit Veteran(const PluginOptions& options) : limit_(static_cast<size_t>(options.integer("limit"))) {
    options.log().warning("the veteran of " + options.text("owner") + " serves " + options.uri());
    files_->by_path["owner"] = options.text("owner");
    files_->by_path["pass"] = std::to_string(options.secret("pass").reveal().size());
  }

  v1::plugin::ArtifactListing list(const CallContext&, const v1::plugin::ArtifactPath& request) override {
    v1::plugin::ArtifactListing listing;
    if (!request.path().empty()) return listing;
    const std::lock_guard lock(files_->mutex);
    for (const auto& [path, content] : files_->by_path) {
      v1::FileInfo& file = *listing.add_files();
      file.set_path(path);
      file.set_file_size(static_cast<int64_t>(content.size()));
    }
    return listing;
  }

  std::unique_ptr<ByteSource> read(const CallContext&, const v1::plugin::ArtifactRead& request) override {
    const std::lock_guard lock(files_->mutex);
    const auto found = files_->by_path.find(request.path());
    if (found == files_->by_path.end())
      throw_not_found("The veteran does not carry '" + request.path() + "'.");
    const auto length = request.length() == 0 ? std::string::npos : static_cast<size_t>(request.length());
    return std::make_unique<Reading>(found->second.substr(static_cast<size_t>(request.offset()), length));
  }

  std::unique_ptr<ByteSink> write(const CallContext&, const v1::plugin::ArtifactWrite& request) override {
    return std::make_unique<Writing>(files_, request.path(), limit_);
  }

  v1::plugin::ArtifactRemoved remove(const CallContext&, const v1::plugin::ArtifactPath& request) override {
    const std::lock_guard lock(files_->mutex);
    files_->by_path.erase(request.path());
    return {};
  }

  v1::plugin::CheckReport check() override { return {}; }

 private:
  const size_t limit_;
  std::shared_ptr<Files> files_ = std::make_shared<Files>();
};

}  // namespace

MILLRACE_PLUGIN(plugin) {
  plugin.provide<ArtifactRepository>(
      "veteran", [](const PluginOptions& options) { return std::make_shared<Veteran>(options); }, {"ranges"});
}
