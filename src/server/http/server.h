#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "server/http/message.h"

namespace millrace::http {

/// Limits and addresses of the listener. Times are per connection.
struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 5000;  ///< 0 lets the system choose; see Server::port().
  int io_threads = 2;
  int worker_threads = 64;  ///< Upper bound; threads start when there is work for them.
  int max_connections = 10000;
  uint32_t max_head_bytes = 64 * 1024;
  std::chrono::milliseconds head_timeout{15'000};       ///< From the first byte of a head to its end.
  std::chrono::milliseconds body_idle_timeout{30'000};  ///< Between two pieces of a body, either way.
  std::chrono::milliseconds keep_alive_timeout{75'000};
  std::chrono::milliseconds stop_grace{10'000};  ///< How long stop() waits for what is in flight.
  std::string tls_certificate_file;              ///< PEM chain; TLS is on when this and the key are set.
  std::string tls_key_file;
};

/// Counters for /metrics and /health; a snapshot, exact for no instant.
struct ServerStatistics {
  int64_t open_connections;
  int64_t queued_calls;   ///< Waiting for a worker thread.
  int64_t running_calls;  ///< On a worker thread.
  int64_t worker_threads;
};

/// HTTP/1.1 listener: keep-alive, pipelining, chunked bodies both ways, Expect: 100-continue, HEAD, gzip
/// answers, TLS, time-outs and limits. Boost.Beast stays behind this header, in one source file.
class Server {
 public:
  /// Binds and listens; throws Error naming the address when that fails. `handler` and `observer` must
  /// outlive the server.
  Server(const ServerOptions& options, Handler& handler, Observer& observer);
  ~Server();

  /// Starts the threads and returns; requests are served from now on.
  void start();

  /// Stops accepting, lets requests in flight finish for at most `stop_grace`, closes the rest, joins all
  /// threads. Any thread, also from none of ours; a second call does nothing.
  void stop();

  uint16_t port() const;
  ServerStatistics statistics() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace millrace::http
