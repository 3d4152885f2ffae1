#pragma once

#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "plugin/ttrpc/client.h"
#include "plugin/ttrpc/frame_reader.h"
#include "plugin/ttrpc/frame_sender.h"
#include "plugin/ttrpc/socket.h"

namespace millrace::ttrpc {

/// A call or stream that frames may come for. Everything below `deadline` belongs to the connection's lock.
struct PendingCall {
  PendingCall(std::string name_, bool stream_, const CallOptions& options);

  const std::string name;  ///< "service/method", for messages.
  const bool stream;
  const Clock::time_point deadline;
  const Clock::time_point started = Clock::now();

  uint32_t id = 0;
  std::condition_variable changed;
  std::list<Frame> frames;
  size_t queued = 0;          ///< Bytes in `frames`.
  bool full = false;          ///< Over the window, counted in ClientConnection::full_.
  bool server_ended = false;  ///< The last frame has come.
  std::optional<Error> fault;

  bool has_news() const { return !frames.empty() || fault.has_value(); }
};

/// What the threads of a Client share: the socket, the calls under way, and who reads. Any thread.
class ClientConnection {
 public:
  ClientConnection(FileDescriptor socket, ClientOptions options);
  ~ClientConnection();

  /// Sends the request of `call`, from when on frames may come for it. Throws as Client::call().
  void start(PendingCall& call, const Outgoing& request);
  /// Sends a frame on the stream of `call`; false when the server has ended the stream.
  bool send(PendingCall& call, Outgoing message);
  /// Tells the server that nothing more comes on the stream of `call`. Never waits.
  void end_sending(const PendingCall& call) noexcept;
  /// Waits for the next frame of `call`. Throws its fault, or that the deadline passed.
  Frame receive(PendingCall& call);
  /// No frame is kept for `call` from now on.
  void forget(PendingCall& call) noexcept;

  void close(const std::string& reason) noexcept;
  bool usable() const noexcept;

 private:
  using Lock = std::unique_lock<std::mutex>;

  void admit(PendingCall& call);
  bool send(FrameSender::Turn& turn, const Outgoing& message, const PendingCall& call);
  void note_broken(const Error& error);
  void wait_for_news(Lock& lock, PendingCall& call);
  void lead(Lock& lock, const PendingCall& call);
  void follow(Lock& lock, PendingCall& call);
  void pass_leadership() noexcept;
  void read_available(Lock& lock, const PendingCall* until);
  void wait_readable(Lock& lock, Clock::time_point until);
  void wait_for_room(Lock& lock, Clock::time_point until);
  void wait_writable(Clock::time_point until);
  void glance(Lock& lock);
  void deliver(Frame&& frame);
  void queue(PendingCall& call, Frame&& frame);
  Frame take(PendingCall& call);
  void no_longer_full(PendingCall& call) noexcept;
  void give_up_stalled();
  void fail(PendingCall& call, const Error& error);
  void close_locked(const std::string& reason) noexcept;

  const FileDescriptor socket_;
  const ClientOptions options_;
  FrameSender sender_;
  FrameReader reader_;  ///< Used by the leader alone.

  mutable std::mutex mutex_;
  std::unordered_map<uint32_t, PendingCall*> calls_;
  std::list<PendingCall*> followers_;
  bool led_ = false;  ///< Some thread reads the socket.
  std::optional<std::string> closed_;
  uint64_t next_id_ = 1;
  size_t full_ = 0;  ///< Streams over their window.
  std::condition_variable room_;
  std::optional<Clock::time_point> stalled_since_;
};

}  // namespace millrace::ttrpc
