// Any bytes sent to a listener: every answer is a well-formed HTTP answer, and the server lives on.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "server/http/server.h"

namespace {

using namespace millrace::http;

class EchoHandler : public Handler {
 public:
  std::unique_ptr<Exchange> begin(const RequestHead& head) noexcept override {
    return std::make_unique<Echo>(head.path == "/stream");
  }
  Response refuse(int status, std::string_view, const std::string&) noexcept override {
    Response response;
    response.status = status;
    response.body = "refused";
    return response;
  }

 private:
  class Echo : public Exchange {
   public:
    explicit Echo(bool stream) : stream_(stream) {}
    BodyMode body_mode() const override { return stream_ ? BodyMode::kStream : BodyMode::kCollect; }
    uint64_t body_limit() const override { return 1024; }
    Response finish(std::string body) noexcept override {
      Response response;
      response.body = std::move(body);
      return response;
    }

   private:
    bool stream_;
  };
};

class NoObserver : public Observer {
 public:
  void completed(const Completed&) noexcept override {}
};

// One listener for all inputs, as a server has it.
struct Target {
  Target() : server(options(), handler, observer) { server.start(); }
  static ServerOptions options() {
    ServerOptions options;
    options.port = 0;
    options.io_threads = 1;
    options.worker_threads = 2;
    return options;
  }
  EchoHandler handler;
  NoObserver observer;
  Server server;
};

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::abort();
}

// The alarm by which the fuzzer finds inputs that take too long interrupts calls: none may end by that.
void connect_to(int client, const sockaddr_in& address) {
  if (connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
  if (errno != EINTR) fail("connect");
  // An interrupted connect goes on by itself: POSIX has its end told by poll().
  pollfd wait{client, POLLOUT, 0};
  while (poll(&wait, 1, -1) < 0)
    if (errno != EINTR) fail("poll");
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &size) != 0) fail("getsockopt");
  if (error != 0) errno = error, fail("connect");
}

ssize_t receive(int client, char* piece, size_t size) {
  ssize_t count;
  do count = recv(client, piece, size, 0);
  while (count < 0 && errno == EINTR);
  return count;
}

std::string talk(uint16_t port, std::string_view text) {
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  if (client < 0) fail("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connect_to(client, address);
  send(client, text.data(), text.size(), MSG_NOSIGNAL);
  shutdown(client, SHUT_WR);
  std::string answer;
  char piece[4096];
  for (ssize_t count; (count = receive(client, piece, sizeof piece)) > 0;)
    answer.append(piece, static_cast<size_t>(count));
  close(client);
  return answer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Target target;
  const std::string answer = talk(target.server.port(), {reinterpret_cast<const char*>(data), size});
  if (!answer.empty() && !answer.starts_with("HTTP/1.1 ")) fail("an answer that is not HTTP");
  return 0;
}
