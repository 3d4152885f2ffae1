#pragma once

// What the tests of the listener share: a handler with a path for each behaviour, and a client that speaks
// bytes.

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "server/http/server.h"

namespace millrace::http::testing {

// Gives `size` bytes of a pattern, with or without telling how many.
class PatternSource : public ByteSource {
 public:
  PatternSource(size_t size, bool tells_size) : left_(size), tells_size_(tells_size) {}
  size_t read(std::span<char> buffer) override {
    const size_t count = std::min({buffer.size(), left_, size_t{10'000}});
    for (size_t i = 0; i < count; ++i) buffer[i] = static_cast<char>('a' + (left_ - i) % 26);
    left_ -= count;
    return count;
  }
  std::optional<uint64_t> remaining() const override {
    return tells_size_ ? std::optional<uint64_t>(left_) : std::nullopt;
  }

 private:
  size_t left_;
  bool tells_size_;
};

class FileSource : public ByteSource {
 public:
  explicit FileSource(const std::string& path)
      : file_(open(path.c_str(), O_RDONLY)), size_(std::filesystem::file_size(path)) {}
  ~FileSource() override { close(file_); }
  size_t read(std::span<char> buffer) override {
    return static_cast<size_t>(::read(file_, buffer.data(), buffer.size()));
  }
  std::optional<uint64_t> remaining() const override { return size_; }
  std::optional<FileRegion> file_region() const override { return FileRegion{file_, 0, size_}; }

 private:
  int file_;
  uint64_t size_;
};

// Gives what the test says, until its connection ends.
class LiveText : public LiveSource {
 public:
  // What a test and the source of its connection share.
  struct Line {
    std::mutex mutex;
    std::string text;
    std::function<void()> ready;
    std::atomic<int> listeners{0};
    std::atomic<bool> over{false};

    void say(const std::string& more) {
      std::function<void()> call;
      {
        const std::lock_guard lock(mutex);
        text += more;
        call.swap(ready);
      }
      if (call) call();
    }
  };

  explicit LiveText(std::shared_ptr<Line> line) : line_(std::move(line)) { ++line_->listeners; }
  ~LiveText() override {
    const std::lock_guard lock(line_->mutex);
    line_->ready = nullptr;
    --line_->listeners;
  }
  std::string take() noexcept override {
    const std::lock_guard lock(line_->mutex);
    return std::exchange(line_->text, {});
  }
  void when_ready(std::function<void()> ready) override {
    {
      const std::lock_guard lock(line_->mutex);
      if (line_->text.empty()) {
        line_->ready = std::move(ready);
        return;
      }
    }
    ready();
  }
  std::optional<uint64_t> remaining() const override {
    return line_->over ? std::optional<uint64_t>(0) : std::nullopt;
  }
  std::string_view filler() const override { return "."; }

 private:
  std::shared_ptr<Line> line_;
};

// Serves the paths that the tests ask for.
class TestHandler : public Handler {
 public:
  std::unique_ptr<Exchange> begin(const RequestHead& head) noexcept override {
    return std::make_unique<TestExchange>(*this, head);
  }
  Response refuse(int status, std::string_view message, const std::string&) noexcept override {
    Response response;
    response.status = status;
    response.body = "refused: " + std::string(message);
    return response;
  }

  std::latch entered{1};
  std::latch release{1};
  std::atomic<size_t> streamed{0};
  std::atomic<int> abandoned{0};
  std::string file;
  std::shared_ptr<LiveText::Line> line = std::make_shared<LiveText::Line>();

 private:
  class TestExchange : public Exchange {
   public:
    TestExchange(TestHandler& handler, const RequestHead& head) : handler_(handler), head_(head) {}
    ~TestExchange() override {
      if (!finished_) ++handler_.abandoned;
    }
    BodyMode body_mode() const override {
      return head_.path == "/stream" || head_.path == "/full" ? BodyMode::kStream : BodyMode::kCollect;
    }
    uint64_t body_limit() const override { return head_.path == "/stream" ? 100'000'000 : 1'000'000; }
    bool runs_inline() const override { return head_.path == "/inline"; }
    bool may_start(const std::string&) const override { return head_.path.starts_with("/start"); }
    bool start(const std::string&, const std::function<void()>& ready) noexcept override {
      if (head_.path == "/start/declined") return false;
      if (head_.path == "/start/at-once") {
        ready();
      } else {
        std::thread([&handler = handler_, ready] {
          handler.entered.count_down();
          handler.release.wait();
          ready();
        }).detach();
      }
      started_ = true;
      return true;
    }
    bool write(std::string_view chunk) noexcept override {
      handler_.streamed += chunk.size();
      return head_.path != "/full";
    }
    Response finish(std::string body) noexcept override {
      finished_ = true;
      Response response;
      response.content_type = "text/plain";
      if (head_.path == "/wait") {
        handler_.entered.count_down();
        handler_.release.wait();
      }
      if (head_.path == "/large") body = std::string(100'000, 'x');
      if (head_.path == "/chunks") {
        response.body = std::make_unique<PatternSource>(100'000, false);
      } else if (head_.path == "/sized") {
        response.body = std::make_unique<PatternSource>(100'000, true);
      } else if (head_.path == "/live") {
        response.body = std::make_unique<LiveText>(handler_.line);
      } else if (head_.path == "/file") {
        response.body = std::make_unique<FileSource>(handler_.file);
      } else {
        response.status = head_.path == "/full" ? 429 : 200;
        response.body =
            head_.method + " " + head_.path + "?" + head_.query + " " + body + (started_ ? "started" : "");
      }
      return response;
    }

   private:
    TestHandler& handler_;
    const RequestHead head_;
    bool finished_ = false;
    bool started_ = false;
  };
};

class CountingObserver : public Observer {
 public:
  void completed(const Completed& completed) noexcept override {
    ++count;
    last_status = completed.status;
  }
  std::atomic<int> count{0};
  std::atomic<int> last_status{0};
};

struct Fixture {
  explicit Fixture(ServerOptions given = {}) : options(given) {
    options.port = 0;
    server = std::make_unique<Server>(options, handler, observer);
    server->start();
  }
  ServerOptions options;
  TestHandler handler;
  CountingObserver observer;
  std::unique_ptr<Server> server;
};

// A blocking client that speaks bytes.
class Client {
 public:
  explicit Client(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    timeval time{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  }
  ~Client() { close(socket_); }

  void send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      text.remove_prefix(static_cast<size_t>(count));
    }
  }
  void half_close() { shutdown(socket_, SHUT_WR); }

  // Everything up to the end of the connection.
  std::string rest() {
    while (more()) {
    }
    return std::move(buffer_);
  }

  // Everything up to and with `end`.
  std::string until(std::string_view end) {
    while (buffer_.find(end) == std::string::npos && more()) {
    }
    return std::exchange(buffer_, {});
  }

  // Head and body of the next answer with a Content-Length.
  std::string answer() {
    size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return std::move(buffer_);
    }
    end += 4;
    const size_t at = buffer_.find("Content-Length: ");
    if (at != std::string::npos && at < end) end += std::stoul(buffer_.substr(at + 16));
    while (buffer_.size() < end && more()) {
    }
    std::string text = buffer_.substr(0, end);
    buffer_.erase(0, end);
    return text;
  }

 private:
  bool more() {
    char piece[16384];
    const ssize_t count = recv(socket_, piece, sizeof piece, 0);
    if (count <= 0) return false;
    buffer_.append(piece, static_cast<size_t>(count));
    return true;
  }

  int socket_;
  std::string buffer_;
};

inline bool ends_with(const std::string& text, std::string_view end) {
  return std::string_view(text).ends_with(end);
}
inline bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

inline std::string ask(Fixture& fixture, std::string_view text) {
  Client client(fixture.server->port());
  client.send(text);
  return client.answer();
}

inline std::string get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

inline std::string dechunked(const std::string& answer) {
  std::string body;
  size_t at = answer.find("\r\n\r\n") + 4;
  while (true) {
    const size_t size = std::stoul(answer.substr(at), nullptr, 16);
    if (size == 0) return body;
    at = answer.find("\r\n", at) + 2;
    body += answer.substr(at, size);
    at += size + 2;
  }
}

}  // namespace millrace::http::testing
