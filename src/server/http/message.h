#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/byte_stream.h"

namespace millrace::http {

/// Header fields in the order they came; names compare without regard to case.
class Headers {
 public:
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }

  /// The value of the first field of that name; empty when there is none.
  std::string_view get(std::string_view name) const;
  bool contains(std::string_view name) const;

  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// Everything of a request that comes before its body. The listener has checked its size and form.
struct RequestHead {
  std::string method;      ///< "GET", "POST", ...; HEAD arrives as "GET" with `head_only` set.
  bool head_only = false;  ///< The client asked for the headers alone; the session drops the body.
  std::string path;        ///< Before the '?', still percent-encoded.
  std::string query;       ///< After the '?', still percent-encoded; may be empty.
  Headers headers;
  std::string request_id;      ///< Made by the session, or taken from a well-formed X-Request-ID.
  std::string remote_address;  ///< "127.0.0.1", for the access log and the policy.
  bool secure = false;         ///< The connection is TLS.
};

/// An answer. The session adds Date, Content-Length or chunked coding, Connection, X-Request-ID and,
/// for compressible text bodies held in memory, gzip when the client accepts it. A ByteSource body is
/// streamed with bounded memory; where it is a plain file on a plain socket it is sent by sendfile(2).
struct Response {
  int status = 200;
  std::string content_type = "application/json";
  Headers headers;
  std::variant<std::string, std::unique_ptr<ByteSource>> body;
  std::string operation;  ///< Name for the access log and the metrics, e.g. "LogMetric"; "-" when unknown.
  std::string principal;  ///< Who asked, for the access log; empty when nobody was asked to say.
};

enum class BodyMode {
  kCollect,  ///< The session gathers the whole body, up to the limit, and hands it to finish().
  kStream,   ///< Each piece is handed to write() as it comes; finish() gets an empty string.
};

/// One request being served, from the moment its head was read. Made on an I/O thread by Handler::begin,
/// destroyed when the answer was sent or the client went away. write() and finish() run on the worker
/// pool, one call at a time, and may block. A client that goes away in mid-body means destruction
/// without finish(): whatever was begun must then be undone.
class Exchange {
 public:
  virtual ~Exchange() = default;

  /// True: admit() comes first, before anything of the body is read, and nothing else is asked until then.
  virtual bool needs_admission() const { return false; }
  /// Finds out, without a thread that waits, what is to become of the request. On an I/O thread; `ready` is
  /// called once, on any thread, perhaps before this returns.
  virtual void admit(const std::function<void()>& ready) noexcept { ready(); }

  virtual BodyMode body_mode() const { return BodyMode::kCollect; }
  /// Largest body in bytes; a longer one is answered with 413 and the connection is closed.
  virtual uint64_t body_limit() const = 0;
  /// True when finish() never blocks and costs a few microseconds: it is then run on the I/O thread.
  virtual bool runs_inline() const { return false; }

  /// Begins what takes time without a thread that waits, on an I/O thread. True: `ready` is called once, on
  /// any thread, and finish() runs inline after that with the same body. False: finish() is called as usual.
  virtual bool start(const std::string& /*body*/, const std::function<void()>& /*ready*/) noexcept {
    return false;
  }
  /// False when start() would decline anyway, which spares its detour.
  virtual bool may_start(const std::string& /*body*/) const { return false; }

  /// Takes a piece of a streamed body. False when it cannot be kept: no more pieces are read, finish() is
  /// called for the answer that tells why, and the connection is closed behind it.
  virtual bool write(std::string_view /*chunk*/) noexcept { return true; }
  /// The answer. Faults have been turned into one by then.
  virtual Response finish(std::string body) noexcept = 0;
};

/// Decides what becomes of a request. Called on I/O threads, concurrently; must not block or throw.
class Handler {
 public:
  virtual ~Handler() = default;
  /// `head` lives as long as the exchange.
  virtual std::unique_ptr<Exchange> begin(const RequestHead& head) noexcept = 0;

  /// The answer for requests that never become an Exchange: malformed heads (400), too large (413, 431),
  /// time-outs (408), too many connections (503). `message` says what was wrong.
  virtual Response refuse(int status, std::string_view message, const std::string& request_id) noexcept = 0;
};

/// What the access log and the metrics learn of each finished request. Called on I/O threads.
struct Completed {
  const RequestHead& head;
  const std::string& operation;
  const std::string& principal;
  int status;
  uint64_t bytes_in;   ///< Body bytes received.
  uint64_t bytes_out;  ///< Body bytes sent.
  double seconds;      ///< From the first byte of the head to the last byte of the answer.
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void completed(const Completed& completed) noexcept = 0;
};

}  // namespace millrace::http
