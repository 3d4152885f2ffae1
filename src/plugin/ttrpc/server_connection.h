#pragma once

#include <atomic>
#include <condition_variable>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/error.h"
#include "plugin/ttrpc/frame_reader.h"
#include "plugin/ttrpc/frame_sender.h"
#include "plugin/ttrpc/server.h"
#include "plugin/ttrpc/socket.h"

namespace millrace::ttrpc {

class ServerTask;
class ServerConnection;

/// What a stream has received that its handler has not taken. Belongs to the lock of its connection.
struct ServerStreamState {
  std::list<Frame> frames;
  size_t queued = 0;
  bool client_ended = false;
  std::optional<Error> fault;
  std::condition_variable changed;
};

/// What connections need of their server. Any thread.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  virtual const ServerOptions& options() const = 0;
  /// Nothing when there is no such service.
  virtual Service* find_service(std::string_view name) const = 0;
  virtual bool stopping() const noexcept = 0;
  /// Reading was paused, or may go on.
  virtual void paused() noexcept = 0;
  virtual void resumed(std::shared_ptr<ServerConnection> connection) noexcept = 0;
};

/// One connection: takes frames apart for the thread that reads, hands data to the streams, sends answers.
class ServerConnection : public std::enable_shared_from_this<ServerConnection> {
 public:
  ServerConnection(FileDescriptor socket, ConnectionOwner& owner);
  ~ServerConnection();

  int descriptor() const { return socket_.get(); }

  enum class Next { kWait, kReadOn, kPaused, kClosed };
  struct Step {
    Next next;
    std::unique_ptr<ServerTask> task;  ///< A call to run, if one came.
  };
  /// Reads what has come, up to the next call. One thread at a time: the one that was told of input, until it
  /// told others. After kPaused, the owner is told when to go on.
  Step read();

  /// Sends a frame. Throws as FrameSender::Turn::send().
  void send(const Outgoing& message);
  /// The next data frame; nothing when the client has sent all. Throws as ServerStream::receive().
  std::optional<Frame> receive(ServerStreamState& stream, Clock::time_point deadline);
  /// The call was answered, or cannot be.
  void finished(uint32_t id);

  /// Wakes whoever reads or waits; the reader then finds the connection closed.
  void shut() noexcept;
  void shut_when_idle() noexcept;
  void give_up_stalled(Clock::time_point now);
  bool closed() const noexcept { return closed_; }

 private:
  using Lock = std::unique_lock<std::mutex>;

  std::optional<Frame> next_frame(Next& next);
  std::unique_ptr<ServerTask> accept_frame(Frame&& frame);
  std::unique_ptr<ServerTask> accept_request(Frame&& frame);
  std::unique_ptr<ServerTask> accept_data(Frame&& frame);
  std::unique_ptr<ServerTask> refuse(Frame&& frame, int32_t code, const std::string& message);
  void deliver(ServerStreamState& stream, Frame&& frame);
  bool pause_when_full();
  void resume_when_drained();
  bool any_full() const;
  void mark_closed();

  const FileDescriptor socket_;
  ConnectionOwner& owner_;
  FrameSender sender_;
  std::mutex reading_;  ///< Never contended; it makes what one reader left visible to the next.
  FrameReader reader_;
  std::atomic<bool> closed_ = false;

  std::mutex mutex_;
  std::map<uint32_t, std::shared_ptr<ServerStreamState>> streams_;
  uint32_t last_id_ = 0;
  size_t active_ = 0;  ///< Calls that are not answered yet.
  std::optional<Clock::time_point> paused_since_;
};

}  // namespace millrace::ttrpc
