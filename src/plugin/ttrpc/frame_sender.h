#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>

#include "plugin/ttrpc/frame.h"

namespace millrace::ttrpc {

using Clock = std::chrono::steady_clock;
constexpr Clock::time_point kNoDeadline = Clock::time_point::max();

/// What of a message is to be sent: two parts, so that nobody has to copy a large one behind a small one.
struct Outgoing {
  uint32_t stream = 0;
  FrameType type = FrameType::kData;
  uint8_t flags = 0;
  std::string_view head;
  std::string_view body;

  size_t size() const { return head.size() + body.size(); }
};

/// Writes frames to a stream socket, one whole frame after the other, for any number of threads; they take
/// turns in the order in which they came. Borrows the descriptor.
class FrameSender {
 public:
  /// Waits until the socket takes bytes again, about until the given time; may return early.
  using WaitWritable = std::function<void(Clock::time_point)>;

  /// `wait_writable` is called by the thread that sends, never under a lock of this class.
  FrameSender(int descriptor, WaitWritable wait_writable);

  /// The right to send; false as a condition when the deadline passed before it came.
  class Turn {
   public:
    Turn(FrameSender& sender, Clock::time_point deadline)
        : sender_(sender), held_(sender.acquire(deadline)) {}
    ~Turn() {
      if (held_) sender_.release();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    explicit operator bool() const { return held_; }

    /// Whether the frame is on its way; false when the deadline passed before a byte of it was taken. Once a
    /// byte was, the rest goes out with the next frames. Throws RESOURCE_EXHAUSTED when the message is over
    /// the limit (nothing is sent then) and TEMPORARILY_UNAVAILABLE when the connection is closed.
    bool send(const Outgoing& message, Clock::time_point deadline) { return sender_.send(message, deadline); }

   private:
    FrameSender& sender_;
    bool held_;
  };

  /// Sends a frame without a payload as soon as it can go without waiting: now, or with what is sent next.
  void post(const FrameHeader& header) noexcept;

  /// Whether bytes are left that the socket did not take in time, and a try to get rid of them.
  bool owes();
  void pay() noexcept;

 private:
  struct Waiting {
    std::condition_variable granted;
    bool has_turn = false;
  };

  bool acquire(Clock::time_point deadline);
  bool try_acquire();
  void release() noexcept;
  void pass_on() noexcept;  ///< Under mutex_.
  bool send(const Outgoing& message, Clock::time_point deadline);
  bool flush_owed(Clock::time_point deadline);
  size_t send_some(std::string_view first, std::string_view second, std::string_view third);
  void flush_quietly() noexcept;

  int descriptor_;
  WaitWritable wait_writable_;
  std::string owed_;  ///< Whoever has the turn writes these bytes first.
  std::mutex mutex_;
  bool taken_ = false;
  std::list<Waiting*> waiting_;
  std::string posted_;  ///< To be owed by whoever has the turn now.
  bool owes_ = false;
};

}  // namespace millrace::ttrpc
