#include "plugin/ttrpc/frame_sender.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"
#include "plugin/ttrpc/socket.h"

namespace millrace::ttrpc {
namespace {

iovec part_of(std::string_view bytes) {
  return {const_cast<char*>(bytes.data()), bytes.size()};
}

// Drops from the front of the parts what was sent, and gives the number of bytes left.
size_t advance(std::array<std::string_view, 3>& parts, size_t sent) {
  size_t left = 0;
  for (std::string_view& part : parts) {
    const size_t count = std::min(sent, part.size());
    part.remove_prefix(count);
    sent -= count;
    left += part.size();
  }
  return left;
}

}  // namespace

FrameSender::FrameSender(int descriptor, WaitWritable wait_writable)
    : descriptor_(descriptor), wait_writable_(std::move(wait_writable)) {}

bool FrameSender::acquire(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  if (!taken_) return taken_ = true;
  Waiting me;
  const auto place = waiting_.insert(waiting_.end(), &me);
  while (!me.has_turn && Clock::now() < deadline) {
    if (deadline == kNoDeadline)
      me.granted.wait(lock);
    else
      me.granted.wait_until(lock, deadline);
  }
  if (!me.has_turn) waiting_.erase(place);
  return me.has_turn;
}

bool FrameSender::try_acquire() {
  const std::lock_guard lock(mutex_);
  return !taken_ && (taken_ = true);
}

// What was posted in the meantime goes out now, as far as it goes without waiting. The turn is handed
// straight to the one who waits longest, so that a thread that sends frame after frame cannot keep the others
// out.
void FrameSender::release() noexcept {
  for (;;) {
    flush_quietly();
    const std::lock_guard lock(mutex_);
    owes_ = !owed_.empty();
    if (posted_.empty()) return pass_on();
    owed_ += posted_;
    posted_.clear();
  }
}

void FrameSender::pass_on() noexcept {
  taken_ = !waiting_.empty();
  if (!taken_) return;
  Waiting* next = waiting_.front();
  waiting_.pop_front();
  next->has_turn = true;
  next->granted.notify_one();
}

void FrameSender::post(const FrameHeader& header) noexcept {
  const HeaderBytes bytes = encode_header(header);
  {
    const std::lock_guard lock(mutex_);
    posted_.append(bytes.data(), bytes.size());
    owes_ = true;
  }
  pay();
}

bool FrameSender::owes() {
  const std::lock_guard lock(mutex_);
  return owes_;
}

void FrameSender::pay() noexcept {
  if (try_acquire()) release();
}

// A broken connection shows itself to the next who sends or reads.
void FrameSender::flush_quietly() noexcept {
  try {
    flush_owed(Clock::time_point::min());
  } catch (const Error&) {
    owed_.clear();
  }
}

bool FrameSender::flush_owed(Clock::time_point deadline) {
  size_t sent = 0;
  while (sent < owed_.size()) {
    const size_t count = send_some(std::string_view(owed_).substr(sent), {}, {});
    sent += count;
    if (count > 0) continue;
    if (Clock::now() >= deadline) break;
    wait_writable_(deadline);
  }
  owed_.erase(0, sent);
  return owed_.empty();
}

bool FrameSender::send(const Outgoing& message, Clock::time_point deadline) {
  if (message.size() > kMaxMessage)
    throw Error(ErrorCode::kResourceExhausted, oversized_text(message.size()));
  if (!owed_.empty() && !flush_owed(deadline)) return false;
  const HeaderBytes header = encode_header({static_cast<uint32_t>(message.size()), message.stream,
                                            static_cast<uint8_t>(message.type), message.flags});
  std::array<std::string_view, 3> parts{std::string_view(header.data(), header.size()), message.head,
                                        message.body};
  const size_t total = kHeaderSize + message.size();
  size_t left = total;
  while (left > 0) {
    const size_t count = send_some(parts[0], parts[1], parts[2]);
    left = advance(parts, count);
    if (count > 0) continue;
    if (Clock::now() >= deadline) break;
    wait_writable_(deadline);
  }
  if (left == total) return false;
  for (const std::string_view part : parts) owed_ += part;
  return true;
}

// The number of bytes that the socket took without waiting.
size_t FrameSender::send_some(std::string_view first, std::string_view second, std::string_view third) {
  std::array<iovec, 3> parts{part_of(first), part_of(second), part_of(third)};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  ssize_t count = 0;
  do count = sendmsg(descriptor_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (count < 0 && errno == EINTR);
  if (count >= 0) return static_cast<size_t>(count);
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) return 0;
  throw Error(ErrorCode::kTemporarilyUnavailable, "The connection is closed: " + system_error_text());
}

}  // namespace millrace::ttrpc
