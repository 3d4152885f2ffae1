#pragma once

// Included by server.cpp and the fuzzer only: Asio and Beast cost 20 seconds of compile time.

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "server/http/connection.h"
#include "server/http/message.h"
#include "server/http/request_head.h"
#include "server/http/response_text.h"
#include "server/http/server.h"
#include "server/http/worker_pool.h"

namespace millrace::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using PlainStream = asio::ip::tcp::socket;
using TlsStream = asio::ssl::stream<asio::ip::tcp::socket>;

/// What all sessions of a server share.
struct Shared {
  const ServerOptions& options;
  Handler& handler;
  Observer& observer;
  WorkerPool& workers;
  ConnectionSet& connections;
  const std::atomic<bool>& stopping;
  std::atomic<int64_t>&
      deferred;  ///< Exchanges that began by themselves and have not said that they are ready.
};

/// Operands of co_await and arguments of coroutines are named variables throughout: GCC 12 may destroy
/// temporaries in them twice (GCC bugs 99576 and 104031).
///
/// One connection, served by one coroutine on one I/O thread, request after request. The socket is touched by
/// that thread, or by the worker that runs a call of the session while the coroutine waits for it; never by
/// both.
template <typename Stream>
class Session : public Connection, public std::enable_shared_from_this<Session<Stream>> {
 public:
  Session(Stream stream, const Shared& shared) : stream_(std::move(stream)), shared_(shared) {
    shared_.connections.add(*this);
  }
  ~Session() override { shared_.connections.remove(*this); }

  void close() override {
    // The set calls this under its lock, which the destructor needs to get past: the object lives for now,
    // but the last reference may be gone already.
    if (auto self = this->weak_from_this().lock()) {
      asio::post(stream_.get_executor(), [self = std::move(self)] {
        // Not close(): a worker may be sending on the descriptor, and a new connection could get its number.
        if (self->socket().is_open()) ::shutdown(self->socket().native_handle(), SHUT_RDWR);
      });
    }
  }

  asio::awaitable<void> serve() {
    const auto self = this->shared_from_this();
    boost::system::error_code ignored;
    socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    const auto peer = socket().remote_endpoint(ignored);
    remote_address_ = ignored ? "" : peer.address().to_string();
    if (co_await handshake()) {
      while (co_await serve_one()) {
      }
    }
    co_await say_goodbye();
  }

 private:
  using Clock = Connection::Clock;
  using Parser = beast::http::request_parser<beast::http::buffer_body>;
  static constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;
  static constexpr size_t kPiece = 1024 * 1024;

  PlainStream& socket() {
    if constexpr (kIsTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  asio::awaitable<bool> handshake() {
    if constexpr (kIsTls) {
      this->expire_after(shared_.options.head_timeout);
      boost::system::error_code fault;
      co_await stream_.async_handshake(asio::ssl::stream_base::server,
                                       asio::redirect_error(asio::use_awaitable, fault));
      co_return !fault;
    }
    co_return true;
  }

  asio::awaitable<void> say_goodbye() {
    boost::system::error_code ignored;
    if constexpr (kIsTls) {
      this->expire_after(std::chrono::milliseconds(1000));
      co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
    }
    socket().shutdown(PlainStream::shutdown_send, ignored);
    if (lingering_) co_await drain();
    socket().close(ignored);
    co_return;
  }

  // An answer was sent before the whole request was read. Closing now would reset the connection and could
  // take the answer from the client, so what still comes is thrown away for a moment.
  asio::awaitable<void> drain() {
    this->expire_after(std::chrono::milliseconds(2000));
    std::vector<char> scrap(16 * 1024);
    boost::system::error_code fault;
    for (int i = 0; i < 1024 && !fault; ++i) {
      co_await socket().async_read_some(asio::buffer(scrap),
                                        asio::redirect_error(asio::use_awaitable, fault));
    }
  }

  // True when the connection can serve another request.
  asio::awaitable<bool> serve_one() {
    Parser parser;
    parser.header_limit(shared_.options.max_head_bytes);
    parser.body_limit(boost::none);
    if (!co_await wait_for_request()) co_return false;
    start_ = Clock::now();
    this->expire_after(shared_.options.head_timeout);
    boost::system::error_code fault;
    co_await beast::http::async_read_header(stream_, buffer_, parser,
                                            asio::redirect_error(asio::use_awaitable, fault));
    this->never_expire();
    if (fault) co_return co_await refuse_head(fault);
    bytes_in_ = bytes_out_ = 0;
    RequestHead head = make_head(parser.get());
    if (!is_sound_target(head)) {
      const std::string message = "The target of the request is malformed.";
      co_return co_await refuse(head, 400, message);
    }
    head.remote_address = remote_address_;
    head.secure = kIsTls;
    head.request_id = request_id_of(head);
    co_return co_await serve_request(parser, head);
  }

  // Waits, as long as keep-alive allows, for the first byte of a request.
  asio::awaitable<bool> wait_for_request() {
    if (buffer_.size() > 0) co_return true;
    if (buffer_.capacity() > 16 * 1024) buffer_.shrink_to_fit();
    this->expire_after(shared_.options.keep_alive_timeout);
    this->set_idle(true);
    if (shared_.stopping) co_return false;
    boost::system::error_code fault;
    const size_t count = co_await stream_.async_read_some(buffer_.prepare(4096),
                                                          asio::redirect_error(asio::use_awaitable, fault));
    buffer_.commit(count);
    this->set_idle(false);
    co_return !fault && count > 0;
  }

  static RequestHead make_head(const Parser::value_type& message) {
    RequestHead head;
    head.method = std::string(message.method_string());
    set_target(head, message.target());
    for (const auto& field : message)
      head.headers.add(std::string(field.name_string()), std::string(field.value()));
    if (head.method == "HEAD") {
      head.method = "GET";
      head.head_only = true;
    }
    return head;
  }

  // Answers what Beast could not read; a connection that just ended gets no answer.
  asio::awaitable<bool> refuse_head(const boost::system::error_code& fault) {
    using beast::http::error;
    if (fault.category() != make_error_code(error::end_of_stream).category()) co_return false;
    if (fault == error::end_of_stream || fault == error::partial_message) co_return false;
    RequestHead head;
    head.request_id = random_token(16);
    head.remote_address = remote_address_;
    lingering_ = true;
    int status = 400;
    std::string message = "The head of the request is malformed: " + fault.message();
    if (fault == error::header_limit) {
      status = 431;
      message = "The head of the request is too large.";
    } else if (fault == error::bad_version) {
      status = 505;
      message = "The server speaks HTTP/1.0 and HTTP/1.1.";
    }
    co_return co_await refuse(head, status, message);
  }

  asio::awaitable<bool> refuse(const RequestHead& head, int status, const std::string& message) {
    lingering_ = true;
    Response response = shared_.handler.refuse(status, message, head.request_id);
    const Framing framing{false, false, std::nullopt};
    co_await send(head, response, framing);
    co_return false;
  }

  asio::awaitable<bool> serve_request(Parser& parser, const RequestHead& head) {
    const auto exchange = shared_.handler.begin(head);
    if (exchange->needs_admission()) co_await admitted(*exchange);
    const auto length = parser.content_length();
    const std::string too_large = "The body of the request is larger than the " +
                                  std::to_string(exchange->body_limit()) + " bytes that are accepted here.";
    if (length && *length > exchange->body_limit()) co_return co_await refuse(head, 413, too_large);
    if (!co_await send_continue(parser, head)) co_return false;
    const bool streamed = exchange->body_mode() == BodyMode::kStream;
    std::string body;
    ReadResult result = ReadResult::kWhole;
    if (streamed) {
      result = co_await stream_body(parser, *exchange);
    } else {
      result = co_await collect_body(parser, *exchange, body);
    }
    if (result == ReadResult::kGone) co_return false;
    if (result == ReadResult::kTooLarge) co_return co_await refuse(head, 413, too_large);
    Framing framing;
    framing.http_1_0 = parser.get().version() < 11;
    framing.keep_alive = parser.get().keep_alive() && !shared_.stopping && result == ReadResult::kWhole;
    lingering_ = result == ReadResult::kRefused;
    co_return co_await answer(head, *exchange, body, framing);
  }

  asio::awaitable<bool> send_continue(const Parser& parser, const RequestHead& head) {
    if (parser.is_done() || buffer_.size() > 0 || !expects_continue(head)) co_return true;
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    co_return co_await write_all(kContinue);
  }

  enum class ReadResult { kWhole, kGone, kTooLarge, kRefused };

  // Reads body bytes into `piece` until it is full or the body ends; the count, or -1 when the client went
  // away.
  asio::awaitable<int64_t> read_piece(Parser& parser, std::vector<char>& piece) {
    auto& body = parser.get().body();
    body.data = piece.data();
    body.size = piece.size();
    while (!parser.is_done() && body.size > 0) {
      this->expire_after(shared_.options.body_idle_timeout);
      boost::system::error_code fault;
      co_await beast::http::async_read_some(stream_, buffer_, parser,
                                            asio::redirect_error(asio::use_awaitable, fault));
      if (fault == beast::http::error::need_buffer) fault = {};
      if (fault) co_return -1;
    }
    this->never_expire();
    const auto count = static_cast<int64_t>(piece.size() - body.size);
    bytes_in_ += static_cast<uint64_t>(count);
    co_return count;
  }

  asio::awaitable<ReadResult> collect_body(Parser& parser, Exchange& exchange, std::string& body) {
    if (parser.is_done()) co_return ReadResult::kWhole;
    // What the client announces is believed only up to a megabyte; the rest is reserved as it comes.
    const uint64_t announced = parser.content_length().value_or(16 * 1024);
    std::vector<char> piece(std::clamp<uint64_t>(announced, 1, 1024 * 1024));
    while (!parser.is_done()) {
      const int64_t count = co_await read_piece(parser, piece);
      if (count < 0) co_return ReadResult::kGone;
      if (body.size() + static_cast<uint64_t>(count) > exchange.body_limit()) co_return ReadResult::kTooLarge;
      body.append(piece.data(), static_cast<size_t>(count));
    }
    co_return ReadResult::kWhole;
  }

  asio::awaitable<ReadResult> stream_body(Parser& parser, Exchange& exchange) {
    uint64_t total = 0;
    std::vector<char> piece;
    while (!parser.is_done()) {
      piece.resize(kPiece);
      const int64_t count = co_await read_piece(parser, piece);
      if (count < 0) co_return ReadResult::kGone;
      total += static_cast<uint64_t>(count);
      if (total > exchange.body_limit()) co_return ReadResult::kTooLarge;
      bool kept = false;
      const std::function<void()> write = [&] {
        kept = exchange.write({piece.data(), static_cast<size_t>(count)});
      };
      co_await on_worker(write);
      if (!kept) co_return ReadResult::kRefused;
    }
    co_return ReadResult::kWhole;
  }

  // Runs `call` on a worker and resumes on the I/O thread; false when the pool takes no more calls.
  asio::awaitable<bool> on_worker(const std::function<void()>& call) {
    const auto start = [this, &call](auto handler) {
      auto resume = std::make_shared<decltype(handler)>(std::move(handler));
      const auto executor = stream_.get_executor();
      const bool taken = shared_.workers.submit([&call, resume, executor] {
        call();
        asio::post(executor, [resume] { (*resume)(true); });
      });
      if (!taken) asio::post(executor, [resume] { (*resume)(false); });
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(start,
                                                                                       asio::use_awaitable);
  }

  // What resumes a coroutine on its I/O thread, from any other.
  template <typename Handler>
  std::function<void()> waker(const std::shared_ptr<Handler>& resume) {
    return [resume, executor = stream_.get_executor(), &deferred = shared_.deferred] {
      // Moved, so that the coroutine ends with its I/O thread even if a copy of this call lives longer.
      asio::post(executor, [handler = std::move(*resume)]() mutable { handler(true); });
      // The last touch of what the server owns: it waits for this before it ends.
      --deferred;
    };
  }

  asio::awaitable<bool> admitted(Exchange& exchange) {
    const auto start = [this, &exchange](auto handler) {
      const auto resume = std::make_shared<decltype(handler)>(std::move(handler));
      ++shared_.deferred;
      exchange.admit(waker(resume));
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(start,
                                                                                       asio::use_awaitable);
  }

  // True when the exchange has begun by itself and is now ready to finish.
  asio::awaitable<bool> started(Exchange& exchange, const std::string& body) {
    const auto start = [this, &exchange, &body](auto handler) {
      auto resume = std::make_shared<decltype(handler)>(std::move(handler));
      const auto executor = stream_.get_executor();
      ++shared_.deferred;
      if (exchange.start(body, waker(resume))) return;
      --shared_.deferred;
      asio::post(executor, [resume] { (*resume)(false); });
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(start,
                                                                                       asio::use_awaitable);
  }

  asio::awaitable<bool> answer(const RequestHead& head, Exchange& exchange, std::string& body,
                               const Framing& framing) {
    Response response;
    std::string text;  // the whole answer, when it is held in memory
    size_t sent = 0;   // bytes of it that went out already
    const auto finish = [&] {
      response = exchange.finish(std::move(body));
      compress_if_useful(response, head);
      if (std::holds_alternative<std::string>(response.body)) text = whole_answer(head, response, framing);
    };
    const std::function<void()> finish_and_send = [&] {
      finish();
      sent = send_now(text);
    };
    bool ran = true;
    bool ready = exchange.runs_inline();
    if (!ready && exchange.may_start(body)) ready = co_await started(exchange, body);
    if (ready) {
      finish_and_send();
    } else {
      ran = co_await on_worker(finish_and_send);
    }
    const std::string too_busy = "The server has too much to do; try again.";
    if (!ran) co_return co_await refuse(head, 503, too_busy);
    if (text.empty()) {
      co_await send(head, response, framing);
    } else {
      bytes_out_ = std::get<std::string>(response.body).size();
      const std::string_view unsent = std::string_view(text).substr(sent);
      complete_ = co_await write_all(unsent);
      report(head, response);
    }
    co_return framing.keep_alive&& complete_ && !endless_;
  }

  std::string whole_answer(const RequestHead& head, const Response& response, Framing framing) {
    const std::string& body = std::get<std::string>(response.body);
    if (response.status != 204) framing.content_length = body.size();
    std::string text = response_head(response, framing, head.request_id);
    if (!head.head_only) text += body;
    return text;
  }

  // Sends what the socket takes at once, without a hop to the I/O thread; the rest is left to that.
  size_t send_now(std::string_view text) {
    if constexpr (kIsTls) return 0;
    const ssize_t count =
        ::send(socket().native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return count < 0 ? 0 : static_cast<size_t>(count);
  }

  asio::awaitable<void> send(const RequestHead& head, Response& response, const Framing& given) {
    Framing framing = given;
    complete_ = true;
    if (const auto* text = std::get_if<std::string>(&response.body)) {
      bytes_out_ = text->size();
      const std::string whole = whole_answer(head, response, framing);
      complete_ = co_await write_all(whole);
    } else {
      auto& source = *std::get<std::unique_ptr<ByteSource>>(response.body);
      framing.content_length = source.remaining();
      const std::string text_head = response_head(response, framing, head.request_id);
      complete_ = co_await write_all(text_head);
      endless_ = source.live() != nullptr;
      if (complete_ && !head.head_only) {
        if (endless_) {
          co_await send_live(*source.live(), !framing.http_1_0);
        } else {
          complete_ = co_await send_source(source, framing);
        }
      }
    }
    report(head, response);
  }

  asio::awaitable<bool> send_source(ByteSource& source, const Framing& framing) {
    if constexpr (!kIsTls) {
      const auto region = source.file_region();
      if (region) co_return co_await send_file(*region);
    }
    const bool chunked = !framing.content_length && !framing.http_1_0;
    std::string piece;
    std::vector<char> bytes(kPiece);
    while (true) {
      size_t count = 0;
      bool failed = false;
      const std::function<void()> read = [&] {
        try {
          count = source.read(bytes);
        } catch (const std::exception&) {
          failed = true;  // the head is out, so the client can only be told by a connection that breaks off
        }
      };
      const bool ran = co_await on_worker(read);
      if (!ran || failed) co_return false;
      if (count == 0) break;
      piece.clear();
      if (chunked) piece += chunk_head(count);
      piece.append(bytes.data(), count);
      if (chunked) piece += "\r\n";
      bytes_out_ += count;
      if (!co_await write_all(piece)) co_return false;
    }
    constexpr std::string_view kLastChunk = "0\r\n\r\n";
    if (chunked) co_return co_await write_all(kLastChunk);
    co_return true;
  }

  // Ends a wait early. The last of its owners may be a call that another thread has posted.
  struct Bell {
    explicit Bell(const asio::any_io_executor& executor) : timer(executor) {}
    asio::steady_timer timer;
    bool rung = false;
    bool peer_left = false;
  };

  // Sends what comes until nothing will any more (remaining() is 0), the client leaves or the server stops;
  // no thread waits meanwhile. The connection counts as idle, since its request is over as soon as somebody
  // says so.
  asio::awaitable<void> send_live(LiveSource& source, bool chunked) {
    const auto bell = std::make_shared<Bell>(stream_.get_executor());
    watch_peer(bell);
    this->set_idle(true);
    std::string piece;
    while (!bell->peer_left && !shared_.stopping && source.remaining() != 0) {
      piece = source.take();
      if (piece.empty() && !co_await wait_for_news(source, bell)) piece = source.filler();
      if (piece.empty() || bell->peer_left) continue;
      bytes_out_ += piece.size();
      if (chunked) piece = chunk_head(piece.size()) + piece + "\r\n";
      if (!co_await write_all(piece)) break;
      // What comes in short order is told together.
      constexpr std::chrono::milliseconds kPace{100};
      boost::system::error_code ignored;
      bell->timer.expires_after(kPace);
      co_await bell->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (chunked && source.remaining() == 0) {
      const std::string_view last = "0\r\n\r\n";
      co_await write_all(last);
    }
    this->set_idle(false);
  }

  // False after a long silence.
  asio::awaitable<bool> wait_for_news(LiveSource& source, const std::shared_ptr<Bell>& bell) {
    constexpr std::chrono::seconds kSilence{15};
    bell->rung = false;
    bell->timer.expires_after(kSilence);
    source.when_ready([bell, executor = stream_.get_executor()] {
      asio::post(executor, [bell] {
        bell->rung = true;
        bell->timer.cancel();
      });
    });
    boost::system::error_code ignored;
    co_await bell->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_return bell->rung || bell->peer_left;
  }

  // Who listens to an endless answer has nothing more to say: bytes, like the end of the connection, mean
  // that it is over.
  void watch_peer(const std::shared_ptr<Bell>& bell) {
    socket().async_wait(PlainStream::wait_read,
                        [bell, self = this->shared_from_this()](const boost::system::error_code&) {
                          bell->peer_left = true;
                          bell->timer.cancel();
                        });
  }

  asio::awaitable<bool> send_file(const FileRegion& region) {
    constexpr size_t kMost = 1024 * 1024;
    socket().native_non_blocking(true);
    auto offset = static_cast<off_t>(region.offset);
    uint64_t left = region.length;
    while (left > 0) {
      const ssize_t count =
          ::sendfile(socket().native_handle(), region.descriptor, &offset, std::min<uint64_t>(left, kMost));
      if (count > 0) {
        left -= static_cast<uint64_t>(count);
        bytes_out_ += static_cast<uint64_t>(count);
      } else if (count < 0 && errno == EAGAIN) {
        this->expire_after(shared_.options.body_idle_timeout);
        boost::system::error_code fault;
        co_await socket().async_wait(PlainStream::wait_write,
                                     asio::redirect_error(asio::use_awaitable, fault));
        this->never_expire();
        if (fault) co_return false;
      } else if (!(count < 0 && errno == EINTR)) {
        co_return false;  // the file became shorter, or the client is gone
      }
    }
    co_return true;
  }

  asio::awaitable<bool> write_all(std::string_view text) {
    boost::system::error_code fault;
    while (!text.empty() && !fault) {
      this->expire_after(shared_.options.body_idle_timeout);
      const size_t count = co_await stream_.async_write_some(
          asio::buffer(text.data(), text.size()), asio::redirect_error(asio::use_awaitable, fault));
      text.remove_prefix(count);
    }
    this->never_expire();
    co_return !fault;
  }

  void report(const RequestHead& head, const Response& response) {
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    // A client that left before the end of its answer is told apart as nginx does.
    shared_.observer.completed({head, response.operation, response.principal,
                                complete_ ? response.status : 499, bytes_in_, bytes_out_, seconds});
  }

  Stream stream_;
  const Shared shared_;
  beast::flat_buffer buffer_;
  std::string remote_address_;
  Clock::time_point start_;
  uint64_t bytes_in_ = 0;
  uint64_t bytes_out_ = 0;
  bool complete_ = true;
  bool lingering_ = false;
  bool endless_ = false;
};

}  // namespace millrace::http
