#include "plugin/ttrpc/server_core.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"

namespace millrace::ttrpc {
namespace {

/// How often stalled streams are looked for while a connection is paused.
constexpr int kStallCheckMillis = 1000;
/// How long to wait before accepting again when the process has no descriptors left.
constexpr std::chrono::milliseconds kAcceptPause{20};
constexpr uint32_t kConnectionEvents = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT;

FileDescriptor checked(int descriptor, const char* what) {
  if (descriptor < 0) throw Error(ErrorCode::kInternalError, std::string(what) + ": " + system_error_text());
  return FileDescriptor(descriptor);
}

}  // namespace

ServerCore::ServerCore(FileDescriptor listening, ServerOptions options)
    : options_(std::move(options)),
      listening_(std::move(listening)),
      epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "No epoll set could be made")),
      wake_(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE),
                    "No event descriptor could be made")),
      workers_(options_, [this] { work(); }) {
  if (options_.threads < 2) throw_invalid_parameter("A ttrpc server needs at least 2 threads");
  fcntl(listening_.get(), F_SETFL, fcntl(listening_.get(), F_GETFL) | O_NONBLOCK);
  watch(EPOLL_CTL_ADD, listening_.get(), EPOLLIN, &listening_);
  watch(EPOLL_CTL_ADD, wake_.get(), EPOLLIN, &wake_);
}

void ServerCore::add_service(const std::string& name, Service& service) {
  if (!services_.emplace(name, &service).second)
    throw Error(ErrorCode::kInvalidState, "The service '" + name + "' was added twice");
}

Service* ServerCore::find_service(std::string_view name) const {
  const auto found = services_.find(name);
  return found == services_.end() ? nullptr : found->second;
}

void ServerCore::serve() {
  work();
  workers_.join();
}

// Nothing but an atomic store and write(2): a signal handler may call this.
void ServerCore::stop() noexcept {
  stopping_ = true;
  wake();
}

// --- what each thread does ---

// A thread that ends lets the next one go, which finds that it is finished, too.
void ServerCore::work() {
  while (!finished())
    if (!do_waiting_work()) wait_for_event();
  wake();
}

bool ServerCore::finished() {
  if (!stopping_) return false;
  begin_to_stop();
  const std::lock_guard lock(mutex_);
  return connections_.empty();
}

bool ServerCore::do_waiting_work() {
  if (const std::unique_ptr<ServerTask> task = workers_.next_waiting()) {
    if (stopping_) wake();  // Somebody has to look at the clock meanwhile.
    task->run();
    workers_.done();
    return true;
  }
  const std::shared_ptr<ServerConnection> connection = workers_.next_readable();
  if (connection) read(connection);
  return connection != nullptr;
}

void ServerCore::wait_for_event() {
  epoll_event event{};
  const int count = epoll_wait(epoll_.get(), &event, 1, wait_limit());
  if (count <= 0 || paused_ > 0 || stopping_) look_after_time();
  if (count <= 0) return;
  if (event.data.ptr == &listening_) return accept_connections();
  if (event.data.ptr == &wake_) {
    uint64_t one = 0;
    // Another thread may have taken it; then there is nothing to do here.
    [[maybe_unused]] const ssize_t taken = ::read(wake_.get(), &one, sizeof one);
    return;
  }
  // The thread that was given the event is the only one that may remove the connection.
  read(static_cast<ServerConnection*>(event.data.ptr)->shared_from_this());
}

int ServerCore::wait_limit() {
  const auto check = std::min<int64_t>(options_.stall_limit.count(), kStallCheckMillis);
  const int limit = paused_ > 0 ? static_cast<int>(check) : -1;
  const std::lock_guard lock(mutex_);
  if (!stop_at_) return limit;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*stop_at_ - Clock::now()).count();
  return static_cast<int>(std::clamp<int64_t>(left, 1, kStallCheckMillis));
}

void ServerCore::wake() noexcept {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof one);
}

// --- connections ---

void ServerCore::accept_connections() {
  FileDescriptor socket(accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (socket.get() >= 0) return add(std::move(socket));
  if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return;
  options_.on_fault("A connection could not be accepted: " + system_error_text());
  std::this_thread::sleep_for(kAcceptPause);
}

void ServerCore::add(FileDescriptor socket) {
  const auto connection = std::make_shared<ServerConnection>(std::move(socket), *this);
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    connections_.emplace(connection.get(), connection);
  }
  watch(EPOLL_CTL_ADD, connection->descriptor(), kConnectionEvents, connection.get());
}

void ServerCore::read(const std::shared_ptr<ServerConnection>& connection) {
  ServerConnection::Step step = connection->read();
  if (!step.task) return hand_on(connection, step.next);
  std::unique_ptr<ServerTask> task = workers_.admit(std::move(step.task));
  hand_on(connection, step.next);
  if (!task) return;
  task->run();
  workers_.done();
}

void ServerCore::hand_on(const std::shared_ptr<ServerConnection>& connection, ServerConnection::Next next) {
  switch (next) {
    case ServerConnection::Next::kWait:
      return watch(EPOLL_CTL_MOD, connection->descriptor(), kConnectionEvents, connection.get());
    case ServerConnection::Next::kReadOn:
      workers_.add_readable(connection);
      return wake();
    case ServerConnection::Next::kClosed:
      return remove(*connection);
    case ServerConnection::Next::kPaused:
      return;
  }
}

void ServerCore::watch(int operation, int descriptor, uint32_t events, void* mark) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = mark;
  if (epoll_ctl(epoll_.get(), operation, descriptor, &event) != 0)
    options_.on_fault("A socket cannot be watched: " + system_error_text());
}

void ServerCore::remove(const ServerConnection& connection) {
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, connection.descriptor(), nullptr);
  const std::lock_guard lock(mutex_);
  connections_.erase(const_cast<ServerConnection*>(&connection));
}

ServerCore::Connections ServerCore::connections() {
  const std::lock_guard lock(mutex_);
  return connections_;
}

// --- time and the end ---

void ServerCore::paused() noexcept {
  ++paused_;
  wake();  // A thread that waits without a limit has to look at the clock from now on.
}

void ServerCore::resumed(std::shared_ptr<ServerConnection> connection) noexcept {
  --paused_;
  workers_.add_readable(std::move(connection));
  wake();
}

void ServerCore::look_after_time() {
  const auto now = Clock::now();
  bool over = false;
  {
    const std::lock_guard lock(mutex_);
    over = stop_at_ && now >= *stop_at_;
  }
  for (const auto& [key, connection] : connections()) {
    connection->give_up_stalled(now);
    if (over) connection->shut();
  }
}

void ServerCore::begin_to_stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stop_at_) return;
    stop_at_ = Clock::now() + options_.stop_grace;
  }
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listening_.get(), nullptr);
  shutdown(listening_.get(), SHUT_RDWR);  // Who connects from now on is refused rather than left waiting.
  for (const auto& [key, connection] : connections()) connection->shut_when_idle();
  wake();
}

}  // namespace millrace::ttrpc
