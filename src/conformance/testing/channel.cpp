#include "conformance/testing/channel.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace millrace::conformance::testing {
namespace {

[[noreturn]] void throw_gone() {
  throw Error(ErrorCode::kTemporarilyUnavailable, "the process of the subject is gone");
}

void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw_gone();
    bytes.remove_prefix(static_cast<size_t>(count));
  }
}

void read_all(int descriptor, char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t count = ::recv(descriptor, bytes, size, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw_gone();
    bytes += count;
    size -= static_cast<size_t>(count);
  }
}

int connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    throw Error(ErrorCode::kInternalError, "too long a socket path: " + path);
  std::memcpy(address.sun_path, path.data(), path.size());
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return descriptor;
  close(descriptor);
  throw_gone();
}

}  // namespace

Connection::Connection(const std::string& path) : descriptor_(connect_to(path)) {}

Connection::~Connection() {
  close(descriptor_);
}

void Connection::send(Frame frame, std::string_view bytes) {
  std::string head(1 + sizeof(uint32_t), static_cast<char>(frame));
  const auto size = static_cast<uint32_t>(bytes.size());
  std::memcpy(head.data() + 1, &size, sizeof size);
  write_all(descriptor_, head);
  write_all(descriptor_, bytes);
}

Connection::Message Connection::receive() {
  std::array<char, 1 + sizeof(uint32_t)> head{};
  read_all(descriptor_, head.data(), head.size());
  uint32_t size = 0;
  std::memcpy(&size, head.data() + 1, sizeof size);
  Message message{static_cast<Frame>(head[0]), std::string(size, '\0')};
  read_all(descriptor_, message.bytes.data(), size);
  return message;
}

Connection::Message Connection::receive_answer() {
  Message message = receive();
  if (message.frame != Frame::kFault) return message;
  throw Error(static_cast<ErrorCode>(message.bytes.at(0)), message.bytes.substr(1));
}

void Connection::send_fault(const Error& fault) {
  send(Frame::kFault, std::string(1, static_cast<char>(fault.code())) + fault.what());
}

std::unique_ptr<Connection> ConnectionPool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  return std::make_unique<Connection>(path_);
}

void ConnectionPool::give_back(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

}  // namespace millrace::conformance::testing
