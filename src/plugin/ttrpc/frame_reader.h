#pragma once

#include <vector>

#include "plugin/ttrpc/frame.h"

namespace millrace::ttrpc {

/// Takes frames from a stream socket without ever waiting for it. Long payloads are read straight into the
/// string that is handed out. One thread at a time; what has come of a frame is kept between calls, so
/// another thread may go on where one left off. Borrows the descriptor.
class FrameReader {
 public:
  enum class Outcome { kFrame, kWouldBlock, kClosed };

  explicit FrameReader(int descriptor);

  /// The next frame into `frame`, or the reason why there is none yet. A payload over the limit is read over
  /// and the frame comes without it. Throws TEMPORARILY_UNAVAILABLE when the connection broke within a frame
  /// or carries something else than frames; the connection is of no use after that.
  Outcome next(Frame& frame);

  /// Whether bytes were read that next() has not handed out: it is worth a call before waiting for the
  /// socket.
  bool buffered() const { return begin_ < end_; }

 private:
  bool take(Frame& frame);
  bool begin_frame();
  void fill_payload();
  void skip_payload();
  Outcome receive();
  void accept_bytes(size_t count);

  int descriptor_;
  std::vector<char> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool in_frame_ = false;
  Frame frame_;
  size_t filled_ = 0;   ///< Bytes of frame_.payload that have come.
  size_t to_skip_ = 0;  ///< Bytes of an oversized payload still to come.
};

}  // namespace millrace::ttrpc
