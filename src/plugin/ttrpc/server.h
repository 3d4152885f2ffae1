#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "plugin/ttrpc/service.h"

namespace millrace::ttrpc {

struct ServerOptions {
  /// Most threads, the one of serve() included; at least 2. They are started when calls need them. One of
  /// them always reads, so `threads - 1` calls run at once and others wait in a queue.
  size_t threads = 64;
  /// Most calls, and bytes of their requests, that wait for a thread; beyond, calls are answered UNAVAILABLE.
  size_t waiting_calls = 1024;
  size_t waiting_bytes = size_t{64} << 20;
  /// Bytes of a stream that may wait for its handler; reading the connection pauses above it.
  size_t stream_window = size_t{8} << 20;
  /// How long a handler may keep its connection paused without taking a message before its stream fails with
  /// RESOURCE_EXHAUSTED.
  std::chrono::milliseconds stall_limit{60'000};
  /// How long stop() lets calls in flight go on before they are cancelled.
  std::chrono::milliseconds stop_grace{5'000};
  /// Told, by any thread, of faults that no client can be told of: a connection that carries garbage, no file
  /// descriptors left. Must not throw.
  std::function<void(const std::string&)> on_fault = [](const std::string&) {};
};

class ServerCore;

/// The answering side of ttrpc: serves any number of connections to a listening Unix socket. The thread that
/// reads a request runs its handler itself, after it has made sure that another thread reads on, so that a
/// quick call costs no change of threads and a slow one holds up nobody.
class Server {
 public:
  /// Takes over a listening stream socket.
  explicit Server(int listening_descriptor, ServerOptions options = {});
  /// Listens at `path`, see listen_unix(); the file is removed with the server.
  explicit Server(const std::string& path, ServerOptions options = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Before serve(). The service must outlive the server. Throws INVALID_STATE when the name is taken.
  void add_service(const std::string& name, Service& service);

  /// Serves until stop(), then answers the calls in flight and returns. Once in the life of a server.
  void serve();

  /// Makes serve() return: no connection and no call is accepted any more; calls in flight go on for at most
  /// `stop_grace`. Returns at once. From any thread, also from a handler or a signal handler.
  void stop() noexcept;

 private:
  std::string path_;
  std::unique_ptr<ServerCore> core_;
};

}  // namespace millrace::ttrpc
