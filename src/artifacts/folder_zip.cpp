#include "artifacts/folder_zip.h"

#include <algorithm>
#include <array>
#include <vector>

#include "artifacts/path_message.h"
#include "artifacts/path_rules.h"
#include "artifacts/zip_writer.h"
#include "base/error.h"

namespace millrace::artifacts {
namespace {

constexpr size_t kPiece = 64 * 1024;
// What an entry takes in memory and in the directory at the end beside its name.
constexpr size_t kEntryOverhead = 128;

// A folder that is being walked through: its entries in reverse, so that the next one is the last.
struct Level {
  std::string below;  // path below the folder that was asked for
  std::vector<v1::FileInfo> left;
};

class FolderZip : public ByteSource {
 public:
  FolderZip(CallContext context, ArtifactPlace place, const std::string& path, ZipLimits limits)
      : context_(std::move(context)),
        place_(std::move(place)),
        limits_(limits),
        top_(last_component(path)),
        name_((top_.empty() ? "artifacts" : top_) + ".zip"),
        writer_([this](std::string_view bytes) { made_ += bytes; }) {
    enter("");
    if (levels_.back().left.empty()) {
      throw Error(ErrorCode::kResourceDoesNotExist,
                  path.empty() ? "There are no artifacts." : "There is no folder '" + path + "' with files.");
    }
  }

  std::string_view file_name() const override { return name_; }

  size_t read(std::span<char> buffer) override {
    while (given_ == made_.size() && !ended_) {
      made_.clear();
      given_ = 0;
      step();
    }
    const size_t size = std::min(buffer.size(), made_.size() - given_);
    std::copy_n(made_.data() + given_, size, buffer.data());
    given_ += size;
    return size;
  }

 private:
  void step() {
    if (file_ != nullptr) {
      pass_piece();
    } else if (levels_.empty()) {
      writer_.finish();
      ended_ = true;
    } else if (levels_.back().left.empty()) {
      levels_.pop_back();
    } else {
      const v1::FileInfo next = std::move(levels_.back().left.back());
      levels_.back().left.pop_back();
      take(next);
    }
  }

  void pass_piece() {
    const size_t size = file_->read(piece_);
    if (size == 0) {
      file_.reset();
    } else {
      writer_.write({piece_.data(), size});
    }
  }

  void enter(const std::string& below) {
    if (levels_.size() >= limits_.depth)
      throw Error(ErrorCode::kResourceExhausted, "The folders are nested too deeply for a ZIP file.");
    v1::plugin::ArtifactListing listing = place_.repository->list(
        context_, path_message<v1::plugin::ArtifactPath>(join_path(place_.path, below)));
    Level level{below, {}};
    for (v1::FileInfo& file : *listing.mutable_files()) level.left.push_back(std::move(file));
    std::reverse(level.left.begin(), level.left.end());
    levels_.push_back(std::move(level));
  }

  // Of what a repository lists, the last component counts: no entry lies elsewhere than in its folder.
  void take(const v1::FileInfo& file) {
    const std::string below = checked_file_path(join_path(levels_.back().below, last_component(file.path())));
    if (file.is_dir()) {
      // Every folder is an entry: empty ones are kept, and whoever walks through folders without end notices
      // that nobody reads any more.
      writer_.add_folder(counted(below));
      enter(below);
    } else if (open(below)) {
      writer_.begin_file(counted(below));
    }
  }

  bool open(const std::string& below) {
    try {
      file_ = place_.repository->read(context_,
                                      path_message<v1::plugin::ArtifactRead>(join_path(place_.path, below)));
      return true;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kResourceDoesNotExist) return false;
      throw;
    }
  }

  std::string counted(const std::string& below) {
    std::string name = join_path(top_, below);
    name_bytes_ += name.size() + kEntryOverhead;
    if (name_bytes_ > limits_.name_bytes)
      throw Error(ErrorCode::kResourceExhausted, "The folder has too many files for one ZIP file.");
    return name;
  }

  const CallContext context_;
  const ArtifactPlace place_;
  const ZipLimits limits_;
  const std::string top_;
  const std::string name_;
  std::vector<Level> levels_;
  std::unique_ptr<ByteSource> file_;
  std::array<char, kPiece> piece_{};

  std::string made_;
  size_t given_ = 0;
  size_t name_bytes_ = 0;
  bool ended_ = false;
  ZipWriter writer_;  // writes into what is above
};

}  // namespace

std::unique_ptr<ByteSource> zip_of_folder(const CallContext& context, ArtifactPlace place,
                                          const std::string& path, ZipLimits limits) {
  return std::make_unique<FolderZip>(context, std::move(place), path, limits);
}

}  // namespace millrace::artifacts
