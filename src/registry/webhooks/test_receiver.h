#pragma once

// A receiver of webhooks for tests: an HTTP server on loopback that answers as it is told to.

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/descriptor.h"

namespace millrace::registry::testing {

struct Received {
  std::string head;
  std::string body;

  /// Value of a header, empty without it.
  std::string header(const std::string& name) const {
    const size_t start = head.find("\r\n" + name + ": ");
    if (start == std::string::npos) return "";
    const size_t value = start + name.size() + 4;
    return head.substr(value, head.find("\r\n", value) - value);
  }
};

inline std::string http_answer(int status, const std::string& body = "", const std::string& headers = "") {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

/// Serves one connection after the other. `answer` is given the number of the request, from 0; an empty
/// answer keeps the client waiting until the receiver ends.
class Receiver {
 public:
  using Answer = std::function<std::string(size_t number)>;

  explicit Receiver(Answer answer = [](size_t) { return http_answer(200, "ok"); })
      : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listener_.get(), generic, size) == 0);
    REQUIRE(::listen(listener_.get(), 64) == 0);
    REQUIRE(::getsockname(listener_.get(), generic, &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }

  ~Receiver() {
    ended_ = true;
    thread_.join();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook?token=in-the-url"; }

  /// The requests that came, once there are so many; fails after ten seconds.
  std::vector<Received> await(size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(came_.wait_for(lock, std::chrono::seconds(10), [&] { return received_.size() >= count; }));
    return received_;
  }

  size_t count() {
    const std::lock_guard lock(mutex_);
    return received_.size();
  }

 private:
  bool is_readable(int socket) const {
    pollfd wanted{socket, POLLIN, 0};
    while (!ended_) {
      if (::poll(&wanted, 1, 10) > 0) return true;
    }
    return false;
  }

  void serve() {
    std::vector<Descriptor> held;
    while (is_readable(listener_.get())) {
      Descriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      const std::string text = read_request(client.get());
      if (text.empty()) continue;
      const std::string answer = answer_(note(text));
      ::send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
      if (answer.empty()) held.push_back(std::move(client));
    }
  }

  static size_t body_length(const std::string& head) {
    const Received request{head, ""};
    return std::stoul("0" + request.header("Content-Length"));
  }

  std::string read_request(int client) const {
    std::string text;
    while (is_readable(client)) {
      char buffer[16384];
      const ssize_t bytes = ::recv(client, buffer, sizeof(buffer), 0);
      if (bytes <= 0) return "";
      text.append(buffer, static_cast<size_t>(bytes));
      const size_t end = text.find("\r\n\r\n");
      if (end != std::string::npos && text.size() >= end + 4 + body_length(text.substr(0, end + 2)))
        return text;
    }
    return "";
  }

  size_t note(const std::string& text) {
    const size_t end = text.find("\r\n\r\n");
    const std::lock_guard lock(mutex_);
    received_.push_back({text.substr(0, end + 2), text.substr(end + 4)});
    came_.notify_all();
    return received_.size() - 1;
  }

  Answer answer_;
  Descriptor listener_;
  uint16_t port_ = 0;
  std::atomic<bool> ended_{false};
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Received> received_;
  std::thread thread_;
};

}  // namespace millrace::registry::testing
