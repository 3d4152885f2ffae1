#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace millrace::ttrpc {

struct CallOptions {
  /// After this instant the call fails with TEMPORARILY_UNAVAILABLE; the server is told how long it has. Of a
  /// stream: the end of the whole stream.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::vector<std::pair<std::string, std::string>> metadata;
};

struct ClientOptions {
  /// Bytes of a stream that may wait for their consumer. When other calls share the connection, at most this
  /// and one message are held.
  size_t stream_window = size_t{8} << 20;
  /// How long a stream over its window may keep the other calls of the connection waiting while its consumer
  /// takes nothing.
  std::chrono::milliseconds stall_limit{1000};
};

class ClientConnection;
struct PendingCall;

/// One stream of messages both ways. One thread may send while another receives.
class ClientStream {
 public:
  /// Made by Client::open_stream().
  ClientStream(std::shared_ptr<ClientConnection> connection, std::unique_ptr<PendingCall> call,
               bool send_closed);
  /// An unfinished stream is given up: the server is told that nothing more comes, and what it still sends is
  /// dropped. ttrpc cannot tell the server to stop sending; close the connection for that.
  ~ClientStream();
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  /// Sends a message, which may come in two parts (say, the header of a protobuf field and the field's
  /// bytes). False when the server has finished the stream and reads no more: receive() tells how it ended.
  /// Throws RESOURCE_EXHAUSTED over 4 MiB, TEMPORARILY_UNAVAILABLE when the deadline passed or the connection
  /// closed.
  bool send(std::string_view head, std::string_view body = {});

  /// Tells the server that all messages were sent. Further calls do nothing.
  void close_send();

  /// The next message; nothing at the end of the stream. Throws the error that the server ended the stream
  /// with, TEMPORARILY_UNAVAILABLE when the deadline passed or the connection closed, RESOURCE_EXHAUSTED when
  /// the stream was given up because its consumer was too slow (see Client).
  std::optional<std::string> receive();

 private:
  std::optional<std::string> finish(std::string&& response_frame);

  std::shared_ptr<ClientConnection> connection_;
  std::unique_ptr<PendingCall> call_;
  bool send_closed_;
  bool finished_ = false;
  bool data_seen_ = false;
};

/// The calling side of a ttrpc connection. Any number of threads call at once. There is no thread behind it:
/// one of the threads that wait reads the socket for all, and passes that duty on when its own answer came.
///
/// ttrpc has one queue of bytes each way and no flow control of its own. A stream that alone waits on a
/// connection simply is not read when its consumer is slow, so the server waits, for as long as it takes.
/// When other calls wait at the same time, frames are read until the window of the slow stream is full; then
/// reading pauses for at most `stall_limit`, and a stream whose consumer took nothing in that time is given
/// up with RESOURCE_EXHAUSTED. So a transfer whose other end is out of our hands (a slow network client)
/// belongs on a connection of its own, which also is the one way to stop a server that sends: closing it.
class Client {
 public:
  /// Takes over `descriptor`, a connected stream socket.
  explicit Client(int descriptor, ClientOptions options = {});
  /// Calls and streams under way fail; streams may outlive the client.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// The answer to one message. Throws what the server answered; TEMPORARILY_UNAVAILABLE when the deadline
  /// passed (the answer is dropped when it comes, and the connection stays in use) or the connection closed;
  /// RESOURCE_EXHAUSTED when request or answer are over 4 MiB.
  std::string call(std::string_view service, std::string_view method, std::string_view payload,
                   const CallOptions& options = {});

  /// Opens a stream. With a first message the client's side is complete with it (the server streams); without
  /// one, messages follow by send() (the client streams, or both do). The official libraries know streams in
  /// these two forms. Throws as call() does.
  std::unique_ptr<ClientStream> open_stream(std::string_view service, std::string_view method,
                                            std::optional<std::string_view> first_message,
                                            const CallOptions& options = {});

  /// Fails what is under way and all later calls with TEMPORARILY_UNAVAILABLE. From any thread, at any time.
  void close() noexcept;

  /// False once the connection is closed, or nearly all of its 2^31 stream numbers are used up; it is time to
  /// connect again. A closed peer is noticed when a call waits for it.
  bool usable() const noexcept;

 private:
  std::shared_ptr<ClientConnection> connection_;
};

}  // namespace millrace::ttrpc
