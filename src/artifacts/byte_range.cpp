#include "artifacts/byte_range.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/error.h"

namespace millrace::artifacts {
namespace {

std::optional<uint64_t> number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

class PartSource : public ByteSource {
 public:
  PartSource(std::unique_ptr<ByteSource> whole, const ByteRange& range)
      : whole_(std::move(whole)), region_(whole_->file_region()), offset_(range.first), left_(range.length) {}

  size_t read(std::span<char> buffer) override {
    buffer = buffer.first(std::min<uint64_t>(buffer.size(), left_));
    if (buffer.empty()) return 0;
    const size_t count = region_ ? read_file(buffer) : read_forward(buffer);
    left_ -= count;
    return count;
  }

  std::optional<uint64_t> remaining() const override { return left_; }
  std::string_view file_name() const override { return whole_->file_name(); }

  std::optional<FileRegion> file_region() const override {
    if (!region_) return std::nullopt;
    return FileRegion{region_->descriptor, region_->offset + offset_, left_};
  }

 private:
  size_t read_file(std::span<char> buffer) {
    const ssize_t count = pread(region_->descriptor, buffer.data(), buffer.size(),
                                static_cast<off_t>(region_->offset + offset_));
    if (count < 0) throw Error(ErrorCode::kInternalError, "The artifact could not be read.");
    offset_ += static_cast<uint64_t>(count);
    return static_cast<size_t>(count);
  }

  size_t read_forward(std::span<char> buffer) {
    std::vector<char> dropped(std::min<uint64_t>(offset_, 64 * 1024));
    while (offset_ > 0) {
      const size_t count =
          whole_->read(std::span(dropped).first(std::min<uint64_t>(dropped.size(), offset_)));
      if (count == 0) return 0;
      offset_ -= count;
    }
    return whole_->read(buffer);
  }

  std::unique_ptr<ByteSource> whole_;
  std::optional<FileRegion> region_;
  uint64_t offset_;  // of the next byte in the whole; for sources that are no files, bytes still to drop
  uint64_t left_;
};

}  // namespace

ByteRange parse_range(std::string_view header, uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return {};
  header.remove_prefix(kUnit.size());
  const size_t dash = header.find('-');
  if (dash == std::string_view::npos || header.find(',') != std::string_view::npos) return {};
  const auto first = number(header.substr(0, dash));
  const auto last = number(header.substr(dash + 1));
  const bool open_end = dash + 1 == header.size();
  if (dash == 0) {  // the last so many bytes
    if (!last) return {};
    if (*last == 0 || size == 0) return {ByteRange::Kind::kUnsatisfiable, 0, 0};
    const uint64_t length = std::min(*last, size);
    return {ByteRange::Kind::kPart, size - length, length};
  }
  if (!first || (!last && !open_end) || (last && *last < *first)) return {};
  if (*first >= size) return {ByteRange::Kind::kUnsatisfiable, 0, 0};
  const uint64_t end = open_end ? size - 1 : std::min(*last, size - 1);
  return {ByteRange::Kind::kPart, *first, end - *first + 1};
}

std::unique_ptr<ByteSource> part_of(std::unique_ptr<ByteSource> source, const ByteRange& range) {
  return std::make_unique<PartSource>(std::move(source), range);
}

}  // namespace millrace::artifacts
