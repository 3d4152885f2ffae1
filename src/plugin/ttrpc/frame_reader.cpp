#include "plugin/ttrpc/frame_reader.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "plugin/ttrpc/socket.h"

namespace millrace::ttrpc {
namespace {

constexpr size_t kBufferSize = size_t{16} << 10;

[[noreturn]] void throw_broken(const std::string& reason) {
  throw Error(ErrorCode::kTemporarilyUnavailable, reason);
}

}  // namespace

FrameReader::FrameReader(int descriptor) : descriptor_(descriptor), buffer_(kBufferSize) {}

FrameReader::Outcome FrameReader::next(Frame& frame) {
  for (;;) {
    if (take(frame)) return Outcome::kFrame;
    const Outcome outcome = receive();
    if (outcome != Outcome::kFrame) return outcome;
  }
}

bool FrameReader::take(Frame& frame) {
  if (!in_frame_ && !begin_frame()) return false;
  fill_payload();
  skip_payload();
  if (filled_ < frame_.payload.size() || to_skip_ > 0) return false;
  frame = std::exchange(frame_, {});
  in_frame_ = false;
  return true;
}

bool FrameReader::begin_frame() {
  if (end_ - begin_ < kHeaderSize) return false;
  frame_.header = decode_header(buffer_.data() + begin_);
  begin_ += kHeaderSize;
  if (frame_.header.length >= kGarbageLength)
    throw_broken("The connection carries something else than ttrpc");
  in_frame_ = true;
  filled_ = 0;
  to_skip_ = frame_.oversized() ? frame_.header.length : 0;
  frame_.payload.resize(frame_.oversized() ? 0 : frame_.header.length);
  return true;
}

void FrameReader::fill_payload() {
  const size_t count = std::min(end_ - begin_, frame_.payload.size() - filled_);
  std::memcpy(frame_.payload.data() + filled_, buffer_.data() + begin_, count);
  filled_ += count;
  begin_ += count;
}

void FrameReader::skip_payload() {
  const size_t count = std::min(end_ - begin_, to_skip_);
  to_skip_ -= count;
  begin_ += count;
}

// take() has used up the buffer but for a part of a header, so there is always room.
FrameReader::Outcome FrameReader::receive() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= std::exchange(begin_, 0);
  iovec parts[2] = {{frame_.payload.data() + filled_, frame_.payload.size() - filled_},
                    {buffer_.data() + end_, buffer_.size() - end_}};
  msghdr message{};
  message.msg_iov = in_frame_ ? parts : parts + 1;
  message.msg_iovlen = in_frame_ ? 2 : 1;
  ssize_t count = 0;
  do count = recvmsg(descriptor_, &message, MSG_DONTWAIT);
  while (count < 0 && errno == EINTR);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Outcome::kWouldBlock;
  if (count < 0 && errno != ECONNRESET) throw_broken("The connection cannot be read: " + system_error_text());
  if (count > 0) {
    accept_bytes(static_cast<size_t>(count));
    return Outcome::kFrame;
  }
  if (in_frame_ || buffered()) throw_broken("The connection ended within a message");
  return Outcome::kClosed;
}

void FrameReader::accept_bytes(size_t count) {
  const size_t into_payload = in_frame_ ? std::min(count, frame_.payload.size() - filled_) : 0;
  filled_ += into_payload;
  end_ += count - into_payload;
}

}  // namespace millrace::ttrpc
