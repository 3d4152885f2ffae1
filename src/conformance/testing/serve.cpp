#include "conformance/testing/serve.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>
#include <vector>

namespace millrace::conformance::testing {
namespace {

constexpr size_t kPiece = size_t{256} << 10;

// Answers calls until the other side closes, which ends it with an exception.
void answer_calls(Connection& connection, const Handlers& handlers) {
  while (true) {
    const std::string operation = connection.receive().bytes;
    const std::string request = connection.receive().bytes;
    try {
      handlers.at(operation)(connection, request);
    } catch (const Error& fault) {
      connection.send_fault(fault);
    } catch (const std::exception& fault) {
      connection.send_fault(Error(ErrorCode::kInternalError, fault.what()));
    }
  }
}

void serve_connection(int descriptor, const Handlers& handlers) {
  Connection connection(descriptor);
  try {
    answer_calls(connection, handlers);
  } catch (const Error&) {
    // The client is gone, or sent what makes no sense after a fault in the middle of a file: both end it
    // here.
  }
}

}  // namespace

void limit_file_size(Connection& connection, const std::string& bytes) {
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = std::min<rlim_t>(std::stoull(bytes), limit.rlim_max);
  setrlimit(RLIMIT_FSIZE, &limit);
  connection.send(Frame::kDone, "");
}

void send_file(Connection& connection, ByteSource& source) {
  connection.send(Frame::kDone, "");
  std::vector<char> piece(kPiece);
  while (const size_t count = source.read(piece)) connection.send(Frame::kData, {piece.data(), count});
  connection.send(Frame::kDone, "");
}

void receive_file(Connection& connection, std::unique_ptr<ByteSink> sink) {
  connection.send(Frame::kDone, "");
  while (true) {
    const Connection::Message message = connection.receive();
    if (message.frame == Frame::kCommit) {
      sink->commit();
      return connection.send(Frame::kDone, "");
    }
    sink->write(message.bytes);
    connection.send(Frame::kDone, "");
  }
}

Server::Server(const std::string& socket_path) : listener_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket_path.copy(address.sun_path, sizeof address.sun_path - 1);
  const bool bound = bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  if (bound && listen(listener_, 64) == 0) return;
  throw Error(ErrorCode::kInternalError, "cannot listen on " + socket_path + ": " + std::strerror(errno));
}

void Server::serve(const Handlers& handlers) {
  while (true) {
    const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) continue;
    std::thread([descriptor, &handlers] { serve_connection(descriptor, handlers); }).detach();
  }
}

}  // namespace millrace::conformance::testing
