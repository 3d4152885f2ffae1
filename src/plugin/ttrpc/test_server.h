#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "plugin/ttrpc/client.h"
#include "plugin/ttrpc/server.h"
#include "plugin/ttrpc/socket.h"

/// A real server on a socket in a folder of its own, and what its service does is told by the test.
namespace millrace::ttrpc::test {

constexpr const char* kService = "test.Service";

class LambdaService : public Service {
 public:
  using Call = std::function<std::string(const ServerCall&, std::string_view)>;
  using Stream = std::function<void(const ServerCall&, ServerStream&)>;

  std::map<std::string, Call, std::less<>> calls{
      {"Echo", [](const ServerCall&, std::string_view payload) { return std::string(payload); }}};
  std::map<std::string, Stream, std::less<>> streams;

  bool is_stream(std::string_view method) const noexcept override {
    return streams.find(method) != streams.end();
  }
  std::string call(const ServerCall& call, std::string_view method, std::string_view payload) override {
    const auto found = calls.find(method);
    if (found == calls.end()) throw_unknown_method(method);
    return found->second(call, payload);
  }
  void stream(const ServerCall& call, std::string_view method, ServerStream& stream) override {
    streams.find(method)->second(call, stream);
  }
};

/// Something that one thread waits for and another lets happen.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

class TemporaryFolder {
 public:
  TemporaryFolder() : path_(mkdtemp(name_.data())) {}
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string name_ = std::filesystem::temp_directory_path() / "millrace-ttrpc-XXXXXX";
  std::string path_;
};

class RunningServer {
 public:
  explicit RunningServer(LambdaService& service, ServerOptions options = {})
      : server_(path(), std::move(options)), thread_([this, &service] {
          server_.add_service(kService, service);
          server_.serve();
        }) {}
  ~RunningServer() { stop(); }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  std::string path() const { return folder_.file("test.sock"); }
  FileDescriptor connect() const { return connect_unix(path()); }
  Server& server() { return server_; }
  /// Returns when serve() has returned.
  void stop() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  TemporaryFolder folder_;
  Server server_;
  std::thread thread_;
};

/// A server with one client.
struct Pair {
  explicit Pair(LambdaService& service, ServerOptions server_options = {}, ClientOptions client_options = {})
      : server(service, std::move(server_options)), client(server.connect().release(), client_options) {}
  std::string call(std::string_view method, std::string_view payload = {}, const CallOptions& options = {}) {
    return client.call(kService, method, payload, options);
  }
  RunningServer server;
  Client client;
};

inline CallOptions within(std::chrono::milliseconds time) {
  CallOptions options;
  options.deadline = std::chrono::steady_clock::now() + time;
  return options;
}

inline std::pair<FileDescriptor, FileDescriptor> socket_pair() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) std::abort();
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

inline void write_all(const FileDescriptor& socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) std::abort();
    bytes.remove_prefix(static_cast<size_t>(count));
  }
}

/// The error that `run` throws; fails the test when it throws none.
template <typename Run>
Error error_of_call(Run run) {
  try {
    run();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCode::kBadRequest, "nothing was thrown"};
}

}  // namespace millrace::ttrpc::test
