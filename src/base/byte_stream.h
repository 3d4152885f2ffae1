#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace millrace {

class LiveSource;

/// A part of an open regular file, for transports that can send it without copying it through user
/// space. The descriptor belongs to the ByteSource that handed the region out.
struct FileRegion {
  int descriptor;
  uint64_t offset;
  uint64_t length;
};

/// Bytes that are read once, front to back. One thread at a time; calls may block.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// Fills the front of `buffer` and returns the number of bytes written; 0 means the end.
  /// Throws Error when the bytes cannot be read.
  virtual size_t read(std::span<char> buffer) = 0;

  /// Number of bytes still to come, where it is known.
  virtual std::optional<uint64_t> remaining() const { return std::nullopt; }

  /// The same bytes as a file region, where the source is a plain file.
  virtual std::optional<FileRegion> file_region() const { return std::nullopt; }

  /// Name of the file that is read, without folders; decides the content type of a download. Empty when
  /// unknown.
  virtual std::string_view file_name() const { return {}; }

  /// Itself, when the bytes come over time and can be waited for without a thread.
  virtual LiveSource* live() { return nullptr; }
};

/// Bytes that come over time, for answers that last as long as somebody listens.
class LiveSource : public ByteSource {
 public:
  /// What has come since the last call, empty when nothing has. Never blocks or throws.
  virtual std::string take() noexcept = 0;

  /// Calls `ready` once, on any thread, perhaps before this returns, when take() has something to give. A
  /// second call takes the place of the first. After destruction `ready` is not called any more.
  virtual void when_ready(std::function<void()> ready) = 0;

  /// What is sent after a long silence, so that those who carry the bytes see that they are still awaited.
  virtual std::string_view filler() const = 0;

  /// Waits; for those who have a thread to spare.
  size_t read(std::span<char> buffer) override;
  LiveSource* live() override { return this; }

 private:
  std::string pending_;
};

/// Bytes that are written once, front to back, and become visible all at once. One thread at a time;
/// calls may block. Destroying a sink that was not committed leaves nothing visible.
class ByteSink {
 public:
  virtual ~ByteSink() = default;

  /// Throws Error when the bytes cannot be kept; the sink is of no use after that.
  virtual void write(std::string_view chunk) = 0;

  /// Makes everything written durable and visible. Called at most once, after the last write.
  virtual void commit() = 0;
};

}  // namespace millrace
