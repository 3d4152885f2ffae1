#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace millrace::conformance::testing {

/// What a frame means: the client sends kCall, kRequest and, to a stream, kData and then kCommit; the server
/// kData in a stream, then kDone, or kFault.
enum class Frame : char {
  kCall = 'c',
  kRequest = 'r',
  kData = 'd',
  kCommit = 'e',
  kDone = 'o',
  kFault = 'f'
};

/// A stream socket that carries frames. One thread at a time.
class Connection {
 public:
  struct Message {
    Frame frame;
    std::string bytes;
  };

  explicit Connection(int descriptor) : descriptor_(descriptor) {}
  /// Connects to a Unix socket. Throws TEMPORARILY_UNAVAILABLE when nobody listens.
  explicit Connection(const std::string& path);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Throws TEMPORARILY_UNAVAILABLE when the other side is gone.
  void send(Frame frame, std::string_view bytes);
  Message receive();

  /// The next message but for faults, which are thrown.
  Message receive_answer();
  void send_fault(const Error& fault);

 private:
  int descriptor_;
};

/// Connections to one server, which are used again. Any thread.
class ConnectionPool {
 public:
  explicit ConnectionPool(std::string path) : path_(std::move(path)) {}

  std::unique_ptr<Connection> take();
  /// Takes back a connection on which a call has ended.
  void give_back(std::unique_ptr<Connection> connection);

 private:
  std::string path_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace millrace::conformance::testing
