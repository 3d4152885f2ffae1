#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/ttrpc/envelope.h"

namespace millrace::ttrpc {

/// What a handler knows of the call that it answers, beside the message.
class ServerCall {
 public:
  virtual ~ServerCall() = default;

  virtual const Metadata& metadata() const = 0;
  /// After this instant nobody waits for the answer; nothing when the client set no limit.
  virtual std::optional<std::chrono::steady_clock::time_point> deadline() const = 0;
  /// Whether the answer is of no use any more: the deadline passed, the client is gone, or the server has to
  /// stop now. A long handler looks now and then. From any thread.
  virtual bool cancelled() const = 0;

  /// The first value of `key`, in whichever case it was written.
  std::optional<std::string_view> metadata(std::string_view key) const;
};

/// The server's end of a stream. One thread may send while another receives.
class ServerStream {
 public:
  virtual ~ServerStream() = default;

  /// The next message; nothing when the client has sent all. Throws TEMPORARILY_UNAVAILABLE when the client
  /// is gone or the deadline passed.
  virtual std::optional<std::string> receive() = 0;

  /// Sends a message, which may come in two parts. Waits while the client does not read. Throws
  /// RESOURCE_EXHAUSTED over 4 MiB and TEMPORARILY_UNAVAILABLE when the client is gone.
  virtual void send(std::string_view head, std::string_view body = {}) = 0;

  /// Ends the stream with its one answer. This is how a method answers that streams only towards the server;
  /// one that streams to the client calls send() and returns.
  virtual void respond(std::string_view payload) = 0;
};

/// What a server offers under one name. Handlers run on several threads at once. What they throw becomes the
/// status of the call (see status.h).
class Service {
 public:
  virtual ~Service() = default;

  /// Whether the method is served by stream(); false for methods that do not exist. Quick, never throws.
  virtual bool is_stream(std::string_view method) const noexcept = 0;
  /// The answer to a message. Of a method that does not exist: throw_unknown_method().
  virtual std::string call(const ServerCall& call, std::string_view method, std::string_view payload) = 0;
  /// Serves a stream until its end: returning ends it well.
  virtual void stream(const ServerCall& call, std::string_view method, ServerStream& stream);
};

/// Throws NOT_IMPLEMENTED, which goes out as UNIMPLEMENTED with the words of the official Go library.
[[noreturn]] void throw_unknown_method(std::string_view method);

}  // namespace millrace::ttrpc
