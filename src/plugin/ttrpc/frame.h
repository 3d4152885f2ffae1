#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace millrace::ttrpc {

/// The frames of ttrpc, as github.com/containerd/ttrpc, PROTOCOL.md, describes them: a header of ten bytes
/// (length and stream as big-endian u32, type, flags), then `length` bytes.

constexpr size_t kHeaderSize = 10;
/// Most bytes of one message. A longer one is read over and refused; what claims 16 MiB or more cannot be a
/// frame, because the protocol keeps the first byte zero.
constexpr size_t kMaxMessage = size_t{4} << 20;
constexpr size_t kGarbageLength = size_t{16} << 20;

enum class FrameType : uint8_t { kRequest = 1, kResponse = 2, kData = 3 };

constexpr uint8_t kRemoteClosed = 1;  ///< The sender of this frame sends no more on the stream.
constexpr uint8_t kRemoteOpen = 2;    ///< Of a request: data frames of the client follow.
constexpr uint8_t kNoData = 4;        ///< There is no message in this frame, as opposed to an empty one.

struct FrameHeader {
  uint32_t length = 0;
  uint32_t stream = 0;
  uint8_t type = 0;  ///< A FrameType; others are kept, so that a later protocol can be told from garbage.
  uint8_t flags = 0;

  bool is(FrameType expected) const { return type == static_cast<uint8_t>(expected); }
  bool has(uint8_t flag) const { return (flags & flag) != 0; }
};

using HeaderBytes = std::array<char, kHeaderSize>;
HeaderBytes encode_header(const FrameHeader& header);
/// `bytes` points to kHeaderSize bytes.
FrameHeader decode_header(const char* bytes);

struct Frame {
  FrameHeader header;
  std::string payload;  ///< Empty when the frame was oversized.

  bool oversized() const { return header.length > kMaxMessage; }
};

/// What both official libraries say of a message over the limit.
std::string oversized_text(size_t length);

}  // namespace millrace::ttrpc
