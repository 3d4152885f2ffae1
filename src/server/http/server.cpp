#include "server/http/server.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <thread>
#include <vector>

#include "base/error.h"
#include "server/http/session.h"

namespace millrace::http {
namespace {

asio::ip::tcp::acceptor make_acceptor(asio::io_context& context, const ServerOptions& options) {
  const std::string place = options.host + ":" + std::to_string(options.port);
  try {
    asio::ip::tcp::resolver resolver(context);
    const std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
    const auto found = resolver.resolve(host, std::to_string(options.port), asio::ip::tcp::resolver::passive);
    asio::ip::tcp::acceptor acceptor(context);
    const asio::ip::tcp::endpoint endpoint = *found.begin();
    acceptor.open(endpoint.protocol());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen(1024);
    return acceptor;
  } catch (const boost::system::system_error& fault) {
    throw Error(ErrorCode::kInvalidParameterValue,
                "Cannot listen on " + place + ": " + fault.code().message() + ".");
  }
}

std::unique_ptr<asio::ssl::context> make_tls(const ServerOptions& options) {
  if (options.tls_certificate_file.empty() && options.tls_key_file.empty()) return nullptr;
  if (options.tls_certificate_file.empty() || options.tls_key_file.empty()) {
    throw_invalid_parameter("TLS needs both a certificate and a key.");
  }
  try {
    auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                         asio::ssl::context::no_tlsv1_1);
    context->use_certificate_chain_file(options.tls_certificate_file);
    context->use_private_key_file(options.tls_key_file, asio::ssl::context::pem);
    return context;
  } catch (const boost::system::system_error& fault) {
    throw Error(ErrorCode::kInvalidParameterValue,
                "Cannot use the TLS certificate '" + options.tls_certificate_file + "' with the key '" +
                    options.tls_key_file + "': " + fault.code().message() + ".");
  }
}

}  // namespace

class Server::Impl {
 public:
  Impl(const ServerOptions& options, Handler& handler, Observer& observer)
      : options_(options),
        handler_(handler),
        contexts_(make_contexts(options.io_threads)),
        acceptor_(make_acceptor(*contexts_.front(), options_)),
        watch_(*contexts_.front()),
        tls_(make_tls(options_)),
        workers_(options.worker_threads),
        shared_{options_, handler, observer, workers_, connections_, stopping_, deferred_} {}

  ~Impl() { stop(); }

  void start() {
    asio::co_spawn(*contexts_.front(), accept(), asio::detached);
    asio::co_spawn(*contexts_.front(), watch(), asio::detached);
    for (auto& context : contexts_) {
      threads_.emplace_back([&context] { run(*context); });
    }
  }

  void stop() {
    if (stopped_.exchange(true)) return;
    stopping_ = true;
    asio::post(*contexts_.front(), [this] {
      boost::system::error_code ignored;
      acceptor_.close(ignored);
    });
    wait_for_requests();
    connections_.close_if([](Connection&) { return true; });
    wait_until(std::chrono::seconds(2), [this] { return connections_.size() == 0; });
    for (auto& context : contexts_) context->stop();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    // Whoever works for an exchange still touches what is destroyed next.
    while (deferred_ > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  uint16_t port() const { return acceptor_port_; }

  ServerStatistics statistics() const {
    return {connections_.size(), workers_.queued(), workers_.running(), workers_.threads()};
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Contexts = std::vector<std::unique_ptr<asio::io_context>>;

  // Runs a context until it is stopped. A thread that has just served somebody looks for more for a moment
  // before it sleeps: a client that asks again at once, as most do, is then answered without the tens of
  // microseconds that it takes to wake a thread on an idle processor. It yields meanwhile, and a server
  // without requests sleeps.
  static void run(asio::io_context& context) {
    constexpr auto kMoment = std::chrono::microseconds(50);
    // Without work a context would return at once; stop() ends it.
    const auto work = asio::make_work_guard(context);
    while (!context.stopped()) {
      context.run_one();
      auto served = Clock::now();
      while (Clock::now() - served < kMoment) {
        if (context.poll() > 0) {
          served = Clock::now();
        } else {
          std::this_thread::yield();
        }
      }
    }
  }

  static Contexts make_contexts(int count) {
    Contexts contexts;
    // One thread runs each context, which spares it its locks.
    for (int i = 0; i < std::max(1, count); ++i) contexts.push_back(std::make_unique<asio::io_context>(1));
    return contexts;
  }

  template <typename Condition>
  static void wait_until(std::chrono::milliseconds most, Condition condition) {
    const auto end = std::chrono::steady_clock::now() + most;
    while (!condition() && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }

  // Connections between two requests are closed again and again, since one may become so at any time.
  void wait_for_requests() {
    if (threads_.empty()) return;
    wait_until(options_.stop_grace, [this] {
      connections_.close_if([](Connection& connection) { return connection.idle(); });
      return connections_.size() == 0;
    });
  }

  asio::awaitable<void> accept() {
    size_t next = 0;
    while (!stopping_) {
      asio::io_context& context = *contexts_[next++ % contexts_.size()];
      PlainStream socket(context);
      boost::system::error_code fault;
      co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, fault));
      if (fault == asio::error::operation_aborted || stopping_) co_return;
      if (fault) {
        // Out of descriptors, most likely: accepting again at once would only spin.
        asio::steady_timer pause(*contexts_.front(), std::chrono::milliseconds(50));
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, fault));
        continue;
      }
      open(context, std::move(socket));
    }
  }

  void open(asio::io_context& context, PlainStream socket) {
    if (connections_.size() >= options_.max_connections) return turn_away(std::move(socket));
    if (tls_ != nullptr) {
      spawn(context, std::make_shared<Session<TlsStream>>(TlsStream(std::move(socket), *tls_), shared_));
    } else {
      spawn(context, std::make_shared<Session<PlainStream>>(std::move(socket), shared_));
    }
  }

  template <typename SomeSession>
  static void spawn(asio::io_context& context, std::shared_ptr<SomeSession> session) {
    asio::co_spawn(
        context, [session] { return session->serve(); }, asio::detached);
  }

  // What the socket's buffer takes is all that a connection over the limit gets.
  void turn_away(PlainStream socket) {
    Response response =
        handler_.refuse(503, "The server has as many connections as it may have; try again.", "-");
    const std::string& body = std::get<std::string>(response.body);
    const std::string text = response_head(response, Framing{false, false, body.size()}, "-") + body;
    if (tls_ == nullptr)
      ::send(socket.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    boost::system::error_code ignored;
    socket.shutdown(PlainStream::shutdown_send, ignored);
  }

  // Closes what has run out of time. One sweep for all connections costs less than a timer for each
  // operation.
  asio::awaitable<void> watch() {
    const auto shortest =
        std::min({options_.head_timeout, options_.body_idle_timeout, options_.keep_alive_timeout});
    const auto interval = std::clamp<std::chrono::milliseconds>(shortest / 4, std::chrono::milliseconds(10),
                                                                std::chrono::milliseconds(500));
    boost::system::error_code fault;
    while (!fault) {
      watch_.expires_after(interval);
      co_await watch_.async_wait(asio::redirect_error(asio::use_awaitable, fault));
      connections_.close_if([](Connection& connection) { return connection.expired(); });
    }
  }

  const ServerOptions options_;
  Handler& handler_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> stopped_{false};
  std::atomic<int64_t> deferred_{0};
  ConnectionSet connections_;
  Contexts contexts_;
  asio::ip::tcp::acceptor acceptor_;
  const uint16_t acceptor_port_ = acceptor_.local_endpoint().port();
  asio::steady_timer watch_;
  std::unique_ptr<asio::ssl::context> tls_;
  WorkerPool workers_;
  const Shared shared_;
  std::vector<std::thread> threads_;
};

Server::Server(const ServerOptions& options, Handler& handler, Observer& observer)
    : impl_(std::make_unique<Impl>(options, handler, observer)) {}
Server::~Server() = default;
void Server::start() {
  impl_->start();
}
void Server::stop() {
  impl_->stop();
}
uint16_t Server::port() const {
  return impl_->port();
}
ServerStatistics Server::statistics() const {
  return impl_->statistics();
}

}  // namespace millrace::http
