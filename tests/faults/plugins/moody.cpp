// A repository that goes wrong at work, in the way that the path of a call names. All other paths are fine:
// empty directories and files that hold their own path; "surroundings" when what libraries define is there.

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "millrace/plugin.h"

namespace {

using namespace millrace;

void grow_without_end() {
  std::vector<std::vector<char>> kept;
  for (;;) {
    kept.emplace_back(4 << 20, 'x');
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

// A program can keep variables of libraries for itself, as those of the C and C++ libraries and of protobuf
// here.
void look_around() {
  if (environ == nullptr || environ[0] == nullptr) throw Error(ErrorCode::kInternalError, "no environment");
  if (!(std::cout << "hello from a plugin" << std::endl)) throw Error(ErrorCode::kInternalError, "no output");
  const v1::plugin::ArtifactPath empty;
  if (empty.path().data() == nullptr || !std::string(empty.path()).empty())
    throw Error(ErrorCode::kInternalError, "no empty text");
}

void go_wrong(std::string_view path) {
  if (path == "surroundings") look_around();
  if (path == "throw-std") throw std::runtime_error("the password is hunter2");
  if (path == "throw-int") throw 42;
  if (path == "throw-error") throw Error(ErrorCode::kPermissionDenied, "The bucket is closed on Sundays.");
  if (path == "throw-no-memory") throw std::bad_alloc();
  if (path == "die") std::abort();
  if (path == "leave") _exit(0);
  if (path == "hang") std::this_thread::sleep_for(std::chrono::hours(1));
  if (path == "grow") grow_without_end();
  if (path == "babble") {
    std::string noise(300'000, '\xff');
    noise += "\n\x1b[2J{\"level\":\"error\"\n";
    static_cast<void>(!write(STDOUT_FILENO, noise.data(), noise.size()));
  }
}

class Reading : public ByteSource {
 public:
  explicit Reading(std::string path) : path_(std::move(path)) {}
  size_t read(std::span<char> buffer) override {
    go_wrong(path_);
    const size_t count = path_.copy(buffer.data(), buffer.size(), taken_);
    taken_ += count;
    return count;
  }
  std::optional<uint64_t> remaining() const override { return std::nullopt; }

 private:
  std::string path_;
  size_t taken_ = 0;
};

class Writing : public ByteSink {
 public:
  explicit Writing(std::string path) : path_(std::move(path)) {}
  void write(std::string_view) override {}
  void commit() override { go_wrong(path_); }

 private:
  std::string path_;
};

class Moody : public ArtifactRepository {
 public:
  v1::plugin::ArtifactListing list(const CallContext&, const v1::plugin::ArtifactPath& request) override {
    go_wrong(request.path());
    if (request.path() != "huge") return {};
    v1::plugin::ArtifactListing listing;
    listing.add_files()->set_path(std::string(6 << 20, 'x'));
    return listing;
  }
  std::unique_ptr<ByteSource> read(const CallContext&, const v1::plugin::ArtifactRead& request) override {
    return std::make_unique<Reading>(request.path());
  }
  std::unique_ptr<ByteSink> write(const CallContext&, const v1::plugin::ArtifactWrite& request) override {
    return std::make_unique<Writing>(request.path());
  }
  v1::plugin::ArtifactRemoved remove(const CallContext&, const v1::plugin::ArtifactPath&) override {
    return {};
  }
};

}  // namespace

MILLRACE_PLUGIN(plugin) {
  plugin.provide<ArtifactRepository>("moody", [](const PluginOptions&) { return std::make_shared<Moody>(); });
}
