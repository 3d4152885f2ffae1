#include "plugin/ttrpc/client_connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace millrace::ttrpc {
namespace {

constexpr uint64_t kLastId = 0xffffffffU;
constexpr uint64_t kIdsInReserve = uint64_t{1} << 22;
/// A thread that cannot send while another one reads looks this often whether it has to read itself.
constexpr std::chrono::milliseconds kGlance{20};

Error unavailable(const std::string& message) {
  return {ErrorCode::kTemporarilyUnavailable, message};
}

Error timed_out(const PendingCall& call) {
  const auto allowed = std::chrono::ceil<std::chrono::milliseconds>(call.deadline - call.started);
  return unavailable("The call " + call.name + " took longer than the " + std::to_string(allowed.count()) +
                     " ms that it had");
}

// A poll() until the given time; rounded up, so that nobody wakes just before and has to wait again.
void poll_until(int descriptor, short events, Clock::time_point until) {
  int timeout = -1;
  if (until != kNoDeadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    timeout = static_cast<int>(std::clamp<int64_t>(left, 0, 3'600'000));
  }
  pollfd entry{descriptor, events, 0};
  poll(&entry, 1, timeout);
}

Clock::time_point deadline_of(const CallOptions& options) {
  return options.deadline.value_or(kNoDeadline);
}

}  // namespace

PendingCall::PendingCall(std::string name_, bool stream_, const CallOptions& options)
    : name(std::move(name_)), stream(stream_), deadline(deadline_of(options)) {}

ClientConnection::ClientConnection(FileDescriptor socket, ClientOptions options)
    : socket_(std::move(socket)),
      options_(options),
      sender_(socket_.get(), [this](Clock::time_point until) { wait_writable(until); }),
      reader_(socket_.get()) {}

ClientConnection::~ClientConnection() = default;

// --- sending ---

void ClientConnection::start(PendingCall& call, const Outgoing& request) {
  FrameSender::Turn turn(sender_, call.deadline);
  if (!turn) throw timed_out(call);
  admit(call);
  Outgoing message = request;
  message.stream = call.id;
  if (!send(turn, message, call)) throw timed_out(call);
}

bool ClientConnection::send(FrameSender::Turn& turn, const Outgoing& message, const PendingCall& call) {
  try {
    return turn.send(message, call.deadline);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kTemporarilyUnavailable) note_broken(error);
    throw;
  }
}

// What the server sent before it went is still good, and behind it the reader finds the end. If nothing
// reads, the connection ends here.
void ClientConnection::note_broken(const Error& error) {
  Lock lock(mutex_);
  glance(lock);
  if (!led_) close_locked(error.what());
}

// With the turn to send, so that numbers grow in the order in which requests are sent: the protocol wants
// that.
void ClientConnection::admit(PendingCall& call) {
  const Lock lock(mutex_);
  if (closed_) throw unavailable(*closed_);
  if (next_id_ > kLastId) throw unavailable("All stream numbers of the connection are used up");
  call.id = static_cast<uint32_t>(next_id_);
  next_id_ += 2;
  calls_.emplace(call.id, &call);
}

bool ClientConnection::send(PendingCall& call, Outgoing message) {
  {
    Lock lock(mutex_);
    glance(lock);
    if (call.server_ended) return false;
    if (call.fault) throw Error(*call.fault);
  }
  message.stream = call.id;
  FrameSender::Turn turn(sender_, call.deadline);
  if (!turn || !send(turn, message, call)) throw timed_out(call);
  return true;
}

// A server that ends a stream early is noticed only by reading, which may be nobody's duty just now.
void ClientConnection::glance(Lock& lock) {
  if (led_ || closed_ || full_ > 0) return;
  led_ = true;
  read_available(lock, nullptr);
  led_ = false;
  pass_leadership();
}

void ClientConnection::end_sending(const PendingCall& call) noexcept {
  {
    const Lock lock(mutex_);
    if (call.server_ended || closed_) return;
  }
  sender_.post({0, call.id, static_cast<uint8_t>(FrameType::kData), kRemoteClosed | kNoData});
}

// The server may be unable to read because it is sending itself, so whoever waits to send reads meanwhile.
void ClientConnection::wait_writable(Clock::time_point until) {
  Lock lock(mutex_);
  if (closed_) return;
  const bool leads = !led_ && full_ == 0;
  if (leads) {
    led_ = true;
    read_available(lock, nullptr);
  }
  const bool reads = leads && full_ == 0;
  lock.unlock();
  poll_until(socket_.get(), static_cast<short>(reads ? POLLIN | POLLOUT : POLLOUT),
             reads ? until : std::min(until, Clock::now() + kGlance));
  lock.lock();
  if (leads) led_ = false;
  if (!leads && full_ > 0 && !led_) give_up_stalled();
  pass_leadership();
}

// --- waiting ---

Frame ClientConnection::receive(PendingCall& call) {
  Lock lock(mutex_);
  wait_for_news(lock, call);
  if (!call.frames.empty()) return take(call);
  if (call.fault) throw Error(*call.fault);
  if (closed_) throw unavailable(*closed_);
  throw timed_out(call);
}

void ClientConnection::wait_for_news(Lock& lock, PendingCall& call) {
  while (!call.has_news() && !closed_ && Clock::now() < call.deadline) {
    if (led_)
      follow(lock, call);
    else
      lead(lock, call);
  }
  pass_leadership();
}

void ClientConnection::follow(Lock& lock, PendingCall& call) {
  const auto place = followers_.insert(followers_.end(), &call);
  if (call.deadline == kNoDeadline)
    call.changed.wait(lock);
  else
    call.changed.wait_until(lock, call.deadline);
  followers_.erase(place);
}

void ClientConnection::pass_leadership() noexcept {
  if (!led_ && !followers_.empty()) followers_.front()->changed.notify_one();
}

void ClientConnection::lead(Lock& lock, const PendingCall& call) {
  led_ = true;
  while (!call.has_news() && !closed_ && Clock::now() < call.deadline) {
    if (full_ > 0) {
      wait_for_room(lock, call.deadline);
      continue;
    }
    if (!reader_.buffered()) wait_readable(lock, call.deadline);
    read_available(lock, &call);
  }
  led_ = false;
}

void ClientConnection::wait_readable(Lock& lock, Clock::time_point until) {
  lock.unlock();
  const bool owes = sender_.owes();
  poll_until(socket_.get(), static_cast<short>(owes ? POLLIN | POLLOUT : POLLIN), until);
  if (owes) sender_.pay();
  lock.lock();
}

// Reads and delivers what has come, until there is nothing more, a stream is full, or `until` has news.
void ClientConnection::read_available(Lock& lock, const PendingCall* until) {
  while (full_ == 0 && !closed_ && (until == nullptr || !until->has_news())) {
    lock.unlock();
    Frame frame;
    auto outcome = FrameReader::Outcome::kClosed;
    std::string reason = "The server closed the connection";
    try {
      outcome = reader_.next(frame);
    } catch (const Error& error) {
      reason = error.what();
    }
    lock.lock();
    if (outcome == FrameReader::Outcome::kWouldBlock) return;
    if (outcome == FrameReader::Outcome::kClosed) return close_locked(reason);
    deliver(std::move(frame));
  }
}

// --- slow consumers ---

void ClientConnection::wait_for_room(Lock& lock, Clock::time_point until) {
  give_up_stalled();
  if (full_ == 0) return;
  room_.wait_until(lock, std::min(until, *stalled_since_ + options_.stall_limit));
}

void ClientConnection::give_up_stalled() {
  const auto now = Clock::now();
  if (!stalled_since_) stalled_since_ = now;
  if (now < *stalled_since_ + options_.stall_limit) return;
  std::vector<PendingCall*> stalled;
  for (const auto& [id, call] : calls_)
    if (call->full) stalled.push_back(call);
  for (PendingCall* call : stalled)
    fail(*call, Error(ErrorCode::kResourceExhausted,
                      "The stream " + call->name +
                          " was given up: nobody took its messages while other calls waited"));
}

void ClientConnection::no_longer_full(PendingCall& call) noexcept {
  if (!call.full) return;
  call.full = false;
  --full_;
  stalled_since_.reset();
  room_.notify_all();
}

// --- frames ---

void ClientConnection::deliver(Frame&& frame) {
  const auto found = calls_.find(frame.header.stream);
  if (found == calls_.end()) return;  // The answer to a call that was given up.
  PendingCall& call = *found->second;
  const bool answer = frame.header.is(FrameType::kResponse);
  const bool data = frame.header.is(FrameType::kData);
  if (frame.oversized())
    return fail(call, Error(ErrorCode::kResourceExhausted, oversized_text(frame.header.length)));
  if (!answer && !(data && call.stream))
    return fail(
        call, Error(ErrorCode::kInternalError, "The server answered " + call.name + " with a frame of type " +
                                                   std::to_string(frame.header.type)));
  if (answer || frame.header.has(kRemoteClosed)) {
    call.server_ended = true;
    calls_.erase(found);
  }
  queue(call, std::move(frame));
}

void ClientConnection::queue(PendingCall& call, Frame&& frame) {
  call.queued += frame.payload.size();
  call.frames.push_back(std::move(frame));
  // The last frame never pauses the others: nothing more comes.
  if (!call.full && !call.server_ended && call.queued > options_.stream_window) {
    call.full = true;
    ++full_;
  }
  call.changed.notify_one();
}

Frame ClientConnection::take(PendingCall& call) {
  Frame frame = std::move(call.frames.front());
  call.frames.pop_front();
  call.queued -= frame.payload.size();
  if (call.queued <= options_.stream_window) no_longer_full(call);
  stalled_since_.reset();
  return frame;
}

void ClientConnection::fail(PendingCall& call, const Error& error) {
  call.fault = error;
  call.frames.clear();
  call.queued = 0;
  no_longer_full(call);
  calls_.erase(call.id);
  call.changed.notify_one();
}

void ClientConnection::forget(PendingCall& call) noexcept {
  const Lock lock(mutex_);
  const auto found = calls_.find(call.id);
  if (found != calls_.end() && found->second == &call) calls_.erase(found);
  no_longer_full(call);
  pass_leadership();
}

// --- the end ---

void ClientConnection::close(const std::string& reason) noexcept {
  const Lock lock(mutex_);
  close_locked(reason);
}

// The descriptor itself stays open until nobody uses it: another thread may be waiting on it.
void ClientConnection::close_locked(const std::string& reason) noexcept {
  if (closed_) return;
  closed_ = reason;
  shutdown(socket_.get(), SHUT_RDWR);
  for (const auto& [id, call] : calls_) call->changed.notify_all();
  for (PendingCall* follower : followers_) follower->changed.notify_all();
  room_.notify_all();
}

bool ClientConnection::usable() const noexcept {
  const Lock lock(mutex_);
  return !closed_ && next_id_ + kIdsInReserve < kLastId;
}

}  // namespace millrace::ttrpc
